# Shared by the scripts that make reference numbers: simulate, fit tightly, write JSON.
suppressPackageStartupMessages({
  library(lme4); library(lmerTest); library(pbkrtest); library(nlme); library(jsonlite)
})

here <- function(...) file.path(Sys.getenv("REFERENCE_DIR", "."), ...)

tight <- lmerControl(optimizer = "bobyqa",
                     optCtrl = list(rhobeg = 0.02, rhoend = 1e-11, maxfun = 1e6),
                     check.nobs.vs.nlev = "ignore", check.nobs.vs.nRE = "ignore",
                     check.conv.singular = "ignore")
tight_lme <- lmeControl(maxIter = 500, msMaxIter = 1000, niterEM = 50, tolerance = 1e-10,
                        msTol = 1e-12, msMaxEval = 5000, opt = "nlminb")

# One refit from the optimum: bobyqa with a small trust region can stop on a shelf.
fit_lmer <- function(formula, data, REML = TRUE, weights = rep(1, nrow(data))) {
  data$precision <- weights
  first <- lmerTest::lmer(formula, data, REML = REML, control = tight, weights = precision)
  second <- lmerTest::lmer(formula, data, REML = REML, control = tight, weights = precision,
                           start = getME(first, "theta"))
  if (REMLcrit_or_dev(second) <= REMLcrit_or_dev(first)) second else first
}

REMLcrit_or_dev <- function(model) as.numeric(-2 * logLik(model))

# Covariance parameters as rows: term, first, second (empty for a variance), value.
varcomp_lmer <- function(model) {
  table <- as.data.frame(VarCorr(model))
  data.frame(term = table$grp, first = ifelse(is.na(table$var1), "", table$var1),
             second = ifelse(is.na(table$var2), "", table$var2), value = table$vcov)
}

inference_lmer <- function(model, kr = TRUE) {
  p <- length(fixef(model))
  names <- names(fixef(model))
  satterthwaite <- vapply(seq_len(p), function(k)
    contest1D(model, as.numeric(seq_len(p) == k))$df, 0)
  out <- list(df_satterthwaite = as.list(setNames(satterthwaite, names)))
  if (kr) {
    adjusted <- vcovAdj(model)
    out$se_kenward_roger <- as.list(setNames(sqrt(diag(as.matrix(adjusted))), names))
    out$df_kenward_roger <- as.list(setNames(vapply(seq_len(p), function(k)
      get_Lb_ddf(model, as.numeric(seq_len(p) == k)), 0), names))
  }
  out
}

# Everything of one lmer fit; `arguments` are those of fit_mixed.
case_lmer <- function(fixture, formula, data, arguments, REML = TRUE, kr = REML, df = REML,
                      weights = rep(1, nrow(data))) {
  model <- fit_lmer(formula, data, REML, weights)
  cat(fixture, deparse1(formula), if (isSingular(model, tol = 1e-5)) "SINGULAR", "\n")
  c(list(peer = "lme4", fixture = fixture, peer_formula = deparse1(formula),
         arguments = c(arguments, list(reml = REML)), singular = isSingular(model, tol = 1e-5),
         n = nobs(model), criterion = REMLcrit_or_dev(model),
         beta = as.list(fixef(model)), se = as.list(sqrt(diag(as.matrix(vcov(model))))),
         varcomp = varcomp_lmer(model)),
    if (df) inference_lmer(model, kr))
}

# Criteria of the peers that fit the model directly.
criterion_nlme <- function(fixed, random, data) {
  model <- tryCatch(lme(fixed, data, random = random, weights = varIdent(form = ~ 1 | arm),
                        method = "REML", control = tight_lme), error = function(e) NULL)
  if (is.null(model)) return(NULL)
  ratio <- coef(model$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
  list(criterion = as.numeric(-2 * logLik(model)), beta = as.list(fixef(model)),
       se = as.list(sqrt(diag(vcov(model)))),
       residual = as.list((model$sigma * ratio)^2))
}
criterion_glmmtmb <- function(formula, data) {
  model <- suppressWarnings(glmmTMB(formula, data, dispformula = ~ arm, REML = TRUE))
  list(criterion = as.numeric(-2 * logLik(model)), beta = as.list(fixef(model)$cond),
       converged = model$fit$convergence == 0)
}

# lmer: sigma^2 is the quieter arm's residual variance, the effect by row adds the noisier arm's.
case_by_arm <- function(fixture, fixed, random, arguments, data, noisy, nlme_random = NULL,
                        glmmtmb = TRUE, kr = TRUE) {
  data$row <- factor(seq_len(nrow(data)))
  data$noisy <- as.numeric(data$arm == noisy)
  formula <- as.formula(paste(fixed, "+", random, "+ (0 + noisy | row)"))
  case <- case_lmer(fixture, formula, data, arguments, kr = kr)
  quiet <- case$varcomp$value[case$varcomp$term == "Residual"]
  extra <- case$varcomp$value[case$varcomp$term == "row"]
  case$varcomp <- case$varcomp[!case$varcomp$term %in% c("Residual", "row"), ]
  case$residual <- setNames(list(quiet, quiet + extra), c(as.character(1 - noisy), as.character(noisy)))
  if (!is.null(nlme_random)) case$nlme <- criterion_nlme(as.formula(fixed), nlme_random, data)
  if (glmmtmb) case$glmmTMB <- criterion_glmmtmb(as.formula(paste(fixed, "+", random)), data)
  case
}

versions <- function() {
  packages <- c("lme4", "lmerTest", "pbkrtest", "nlme", "glmmTMB")
  c(list(R = R.version.string),
    setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages))
}

write_fixture <- function(data, name) {
  folder <- here("fixtures")
  dir.create(folder, showWarnings = FALSE)
  write.csv(data, file.path(folder, name), row.names = FALSE, na = "", quote = FALSE)
  # Read back, so that R fits exactly the digits that Python will read.
  back <- read.csv(file.path(folder, name), stringsAsFactors = FALSE, na.strings = "")
  for (id in intersect(c("group", "therapist"), names(back))) {
    back[[id]][is.na(back[[id]])] <- "none"
  }
  back
}

write_cases <- function(cases, script, file) {
  write_json(list(made_by = script, versions = versions(), cases = cases), here(file),
             auto_unbox = TRUE, digits = NA, pretty = TRUE)
}
