# Makes the reference numbers for the meta-analyses: metafor and clubSandwich on synthetic data.
# Run in this folder: Rscript make_reference.R (R 4.2, metafor 3.8-1, clubSandwich 0.5.8, jsonlite).
suppressMessages({library(metafor); library(clubSandwich); library(jsonlite)})
tight <- list(threshold = 1e-12, maxiter = 2000)
fit_mv <- function(...) {
  for (control in list(list(rel.tol = 1e-11, eval.max = 5000, iter.max = 5000),
                       list(optimizer = "BFGS", reltol = 1e-15, maxit = 5000),
                       list(optimizer = "Nelder-Mead", reltol = 1e-15, maxit = 20000))) {
    m <- try(rma.mv(..., control = control), silent = TRUE)
    if (!inherits(m, "try-error")) return(m)
  }
  stop(m)
}

set.seed(20260607)
one_each <- function(k, mu, tau) {
  vi <- round(1 / rgamma(k, 4, scale = 5), 6)
  data.frame(yi = round(rnorm(k, mu, sqrt(tau^2 + vi)), 6), vi = vi, x = round(rnorm(k), 4))
}
uni <- list(k2 = one_each(2, .2, .2), k3 = one_each(3, .1, .0), k12 = one_each(12, .3, .3),
            k60 = one_each(60, .15, .2), homogeneous = one_each(15, .2, 0))

describe <- function(m) {
  p <- if (m$p == 1) predict(m) else predict(m, newmods = rep(0, m$p - 1))
  none <- is.element(m$method, c("FE", "EE", "CE"))
  list(beta = as.numeric(m$b), se = as.numeric(m$se), ci_low = as.numeric(m$ci.lb),
       ci_high = as.numeric(m$ci.ub), tau2 = m$tau2, i2 = m$I2, q = m$QE, q_p = m$QEp,
       pi = if (none) NULL else c(p$pi.lb, p$pi.ub),
       omnibus = if (m$p > 1) c(m$QM, m$QMp) else NULL)
}

univariate <- list()
for (name in names(uni)) for (method in c("REML","ML","PM","EB","DL","HE","HS","SJ","EE"))
  for (test in c("z", "t", "knha", "adhoc")) {
    ctl <- if (method %in% c("REML", "ML", "EB")) tight else list(tol = 1e-14, maxiter = 2000)
    if (method %in% c("DL","HE","HS","SJ","EE")) ctl <- list()
    m <- suppressWarnings(rma(yi, vi, data = uni[[name]], method = method, test = test, control = ctl))
    univariate[[length(univariate) + 1]] <- c(list(data = name, method = method, test = test, mods = FALSE), describe(m))
  }
for (name in c("k12", "k60")) for (method in c("REML", "ML", "DL", "PM", "HE", "SJ", "HS"))
  for (test in c("z", "knha")) {
    ctl <- if (method %in% c("REML", "ML")) tight else if (method == "PM") list(tol = 1e-14, maxiter = 2000) else list()
    m <- rma(yi, vi, mods = ~ x, data = uni[[name]], method = method, test = test, control = ctl)
    univariate[[length(univariate) + 1]] <- c(list(data = name, method = method, test = test, mods = TRUE), describe(m))
  }

m12 <- rma(yi, vi, data = uni$k12, control = tight)
inf <- influence(m12)
loo <- leave1out(m12)
influence12 <- list(rstudent = inf$inf$rstudent, cook = inf$inf$cook.d, dffits = inf$inf$dffits,
                    hat = inf$inf$hat, tau2 = inf$inf$tau2.del, estimate = loo$estimate, q = loo$Q)

egger <- function(d) {
  lm1 <- regtest(yi, vi, data = d, model = "lm")
  peese <- regtest(yi, vi, data = d, model = "lm", predictor = "vi")
  list(z = lm1$zval, p = lm1$pval, pet = lm1$est, pet_ci = c(lm1$ci.lb, lm1$ci.ub),
       peese = peese$est, peese_ci = c(peese$ci.lb, peese$ci.ub))
}
small <- list(k12 = egger(uni$k12), k60 = egger(uni$k60))

group60 <- rep(c("a", "b", "c"), 20)
parts <- lapply(split(uni$k60, group60), function(d) rma(yi, vi, data = d, control = tight))
between <- rma(sapply(parts, coef), sapply(parts, function(m) m$se^2), method = "FE")
subgroups60 <- list(estimate = unname(sapply(parts, coef)), tau2 = unname(sapply(parts, function(m) m$tau2)),
                    q_between = between$QE, p = between$QEp)

# Several effects a study: repeated outcomes, a shared control arm, two treatment arms in some studies.
nested <- function(J, tau, omega, seed) {
  set.seed(seed)
  rows <- list()
  for (j in seq_len(J)) {
    arms <- sample(1:2, 1); outs <- sample(1:4, 1); u <- rnorm(1, 0, tau)
    n_c <- sample(15:80, 1)
    for (a in seq_len(arms)) { n_t <- sample(15:80, 1)
      for (o in seq_len(outs)) {
        g <- .25 + u + rnorm(1, 0, omega) + rnorm(1, 0, sqrt(1/n_t + 1/n_c))
        rows[[length(rows) + 1]] <- data.frame(study = paste0("s", j), arm = paste0("t", a), control = "c",
          outcome = paste0("o", o), n_t = n_t, n_c = n_c, yi = round(g, 6),
          vi = round(1/n_t + 1/n_c + g^2 / (2 * (n_t + n_c)), 6), x = round(runif(1), 4))
      } } }
  do.call(rbind, rows)
}
sets <- list(mixed = nested(20, .25, .15, 11), few = nested(6, .3, .1, 12), flat = nested(15, 0, 0, 13))
multilevel <- list()
for (name in names(sets)) for (kind in c("arms", "constant", "independent")) for (mods in c(FALSE, TRUE)) {
  d <- sets[[name]]; d$id <- seq_len(nrow(d))
  V <- switch(kind,
    arms = vcalc(vi, cluster = study, type = outcome, grp1 = arm, w1 = n_t, grp2 = control, w2 = n_c, rho = .8, data = d),
    constant = vcalc(vi, cluster = study, obs = id, rho = .6, data = d),
    independent = diag(d$vi))
  form <- if (mods) ~ x else ~ 1
  for (method in c("REML", "ML")) {
    m <- fit_mv(yi = d$yi, V = V, mods = form, random = ~ 1 | study / id, data = d, method = method)
    ci <- conf_int(m, vcov = "CR2", cluster = d$study)
    W <- solve(V); X <- model.matrix(m); P <- W - W %*% X %*% solve(t(X) %*% W %*% X) %*% t(X) %*% W
    i2 <- 100 * sum(m$sigma2) / (sum(m$sigma2) + (m$k - m$p) / sum(diag(P)))
    multilevel[[length(multilevel) + 1]] <- list(data = name, V = kind, mods = mods, method = method,
      beta = as.numeric(m$b), se_model = as.numeric(m$se), sigma2 = m$sigma2, q = m$QE, i2 = i2,
      se = ci$SE, df = ci$df, ci_low = ci$CI_L, ci_high = ci$CI_U, deviance = as.numeric(-2 * logLik(m)))
  }
}
V_few <- with(sets$few, vcalc(vi, cluster = study, type = outcome, grp1 = arm, w1 = n_t, grp2 = control, w2 = n_c, rho = .8))

write_json(list(versions = list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor")),
                                clubSandwich = as.character(packageVersion("clubSandwich"))),
  univariate_data = uni, univariate = univariate, influence12 = influence12, small_study = small,
  subgroups60 = subgroups60, multilevel_data = sets, multilevel = multilevel, V_few = unname(V_few)),
  "reference.json", digits = 15, auto_unbox = TRUE, null = "null", dataframe = "columns")
