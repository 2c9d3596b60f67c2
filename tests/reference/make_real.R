# Reference numbers on two real trials. Only the numbers are kept; the data are read from SHARED_DATA.
# Usage: REFERENCE_DIR=tests/reference SHARED_DATA=... Rscript tests/reference/make_real.R
source(file.path(Sys.getenv("REFERENCE_DIR", "."), "common.R"))
shared <- function(...) file.path(Sys.getenv("SHARED_DATA"), ...)

cases <- list()
keep <- function(case, dataset) {
  case$fixture <- NULL
  cases[[length(cases) + 1]] <<- c(list(dataset = dataset), case)
}
# Residual variance by arm: lmer with an effect for each row of the noisier arm, and nlme.
noisy_arm <- function(arguments, random, data, noisy, nlme_random, kr = TRUE) {
  case_by_arm("real", arguments$formula, random, c(arguments, list(residual_by = "arm")), data, noisy,
              nlme_random, glmmtmb = FALSE, kr = kr)
}

# BRIGHT: BDI-II, usual care against added group CBT; four therapy groups; those who never came have
# no group and no exposure.
outcomes <- read.csv(shared("bright", "bright_outcomes.csv"))
members <- read.csv(shared("bright", "bright_members.csv"))
bright <- merge(outcomes, members, by = "subject", all.x = TRUE)
bright$grouped <- as.numeric(!is.na(bright$therapy_group))
bright$group <- ifelse(is.na(bright$therapy_group), "none", as.character(bright$therapy_group))
bright <- data.frame(id = bright$subject, arm = bright$trt, time = bright$month, y = bright$bdi,
                     group = bright$group, grouped = bright$grouped)
endpoint <- bright[bright$time == 6, ]
endpoint$y0 <- bright$y[bright$time == 0][match(endpoint$id, bright$id[bright$time == 0])]
m1 <- list(formula = "y ~ arm + y0", group = "group", grouped = "grouped")
m2 <- list(formula = "y ~ arm * time", group = "group", grouped = "grouped", participant = "id",
           slope = "time")
keep(case_lmer("bright", y ~ arm + y0 + (0 + grouped | group), endpoint, m1), "bright_endpoint")
keep(noisy_arm(m1, "(0 + grouped | group)", endpoint, 0, list(group = pdDiag(~ 0 + grouped))),
     "bright_endpoint")
keep(case_lmer("bright", y ~ arm * time + (1 + time | id) + (0 + grouped | group), bright,
               c(m2, list(group_slope = FALSE))), "bright_repeated")
keep(case_lmer("bright", y ~ arm * time + (1 + time | id) + (0 + grouped + grouped:time | group), bright,
               c(m2, list(group_slope = TRUE)), kr = FALSE), "bright_repeated")

# BRIGHT by session attended, each attended session an equal share of the participant's exposure.
attendance <- read.csv(shared("bright", "bright_attendance.csv"))
attendance$session <- paste(attendance$therapy_group, attendance$session)
sessions <- sort(unique(attendance$session))
share <- table(factor(attendance$subject, levels = endpoint$id), factor(attendance$session, levels = sessions))
share <- unclass(share) / pmax(rowSums(share), 1)
endpoint$placeholder <- factor(rep_len(sessions, nrow(endpoint)), levels = sessions)
if (nrow(endpoint) < length(sessions)) stop("fewer rows than sessions")
parsed <- lFormula(y ~ arm + y0 + (1 | placeholder), endpoint, control = tight)
parsed$reTrms$Zt <- Matrix::Matrix(t(share), sparse = TRUE)
deviance_of <- do.call(mkLmerDevfun, parsed)
optimum <- optimizeLmer(deviance_of, optimizer = "bobyqa",
                        control = list(rhobeg = 0.02, rhoend = 1e-11, maxfun = 1e5))
model <- mkMerMod(environment(deviance_of), optimum, parsed$reTrms, fr = parsed$fr)
estimates <- varcomp_lmer(model); estimates$term[estimates$term == "placeholder"] <- "group"
keep(list(peer = "lme4", peer_formula = "y ~ arm + y0 + shares of sessions",
          arguments = list(formula = "y ~ arm + y0", group = "group", participant = "id", reml = TRUE),
          singular = isSingular(model, tol = 1e-5), n = nrow(endpoint), criterion = as.numeric(optimum$fval),
          beta = as.list(fixef(model)), se = as.list(sqrt(diag(as.matrix(vcov(model))))),
          varcomp = estimates), "bright_sessions")

# RefraMED: therapists of the treated arm are the clusters.
refra <- read.csv(shared("reframed", "reframed.csv"), na.strings = c("NaN", "NA", ""))
refra$time <- suppressWarnings(as.numeric(refra$month))
refra <- data.frame(id = refra$patient, arm = as.numeric(refra$grp == "RO-DBT"), time = refra$time,
                    group = ifelse(is.na(refra$therapist), "none", refra$therapist),
                    hamd = refra$hamd, y0 = refra$hamd.b, phq9 = refra$phq9)
refra$grouped <- as.numeric(refra$group != "none")
endpoint <- subset(refra, time == 7 & !is.na(hamd)); endpoint$y <- endpoint$hamd
monthly <- subset(refra, !is.na(time) & !is.na(phq9)); monthly$y <- monthly$phq9
keep(case_lmer("reframed", y ~ arm + y0 + (0 + grouped | group), endpoint, m1), "reframed_endpoint")
keep(noisy_arm(m1, "(0 + grouped | group)", endpoint, 1, list(group = pdDiag(~ 0 + grouped))),
     "reframed_endpoint")
keep(case_lmer("reframed", y ~ arm * time + (1 + time | id) + (0 + grouped | group), monthly,
               c(m2, list(group_slope = FALSE)), kr = FALSE), "reframed_monthly")
keep(case_lmer("reframed", y ~ arm * time + (1 + time | id) + (0 + grouped + grouped:time | group), monthly,
               c(m2, list(group_slope = TRUE)), kr = FALSE), "reframed_monthly")
keep(noisy_arm(c(m2, list(group_slope = FALSE)), "(1 + time | id) + (0 + grouped | group)", monthly, 1,
               list(group = pdDiag(~ 0 + grouped), id = pdSymm(~ time)), kr = FALSE), "reframed_monthly")
write_cases(cases, "make_real.R", "real.json")
