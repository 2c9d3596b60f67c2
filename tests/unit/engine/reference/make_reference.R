# Reference numbers for the tests beside this folder: CR2 with Satterthwaite df (clubSandwich),
# profile-likelihood intervals and a likelihood-ratio statistic (lme4, maximum likelihood).
# Run in this folder: Rscript make_reference.R
suppressMessages({library(lme4); library(clubSandwich); library(jsonlite)})
fixtures <- "../../../../reference/fixtures/"
read <- function(name) {
  d <- read.csv(paste0(fixtures, name), na.strings = "")
  d$cluster <- factor(ifelse(is.na(d$group), d$id, d$group))
  d
}
robust <- function(model, cluster) {
  t <- coef_test(model, vcov = "CR2", cluster = cluster, test = "Satterthwaite")
  list(beta = t$beta, se = t$SE, df = t$df)
}
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10),
  check.nobs.vs.nlev = "ignore", check.nobs.vs.nRE = "ignore", check.nlev.gtr.1 = "ignore")
out <- list()

d <- read("m1_weighted.csv")
out$weighted_marginal <- robust(lm(y ~ arm + y0, d, weights = precision), d$cluster)

d <- read("m1_unbalanced.csv")
m <- lmer(y ~ arm + y0 + (0 + grouped | cluster), d, control = tight)
out$mixed <- robust(m, d$cluster)
m <- update(m, REML = FALSE)
out$m1_profile <- list(sd = unname(unlist(apply(confint(m, parm = "theta_", oldNames = FALSE), 1, list))))
out$m1_lrt <- as.numeric(2 * (logLik(m) - logLik(lm(y ~ arm + y0, d))))

d <- read("m2_missing.csv")
m <- lmer(y ~ arm * time + y0 + (1 + time | id) + (0 + grouped | cluster), d, REML = FALSE, control = tight)
ci <- confint(m, parm = "theta_", oldNames = FALSE)
out$m2_profile <- list(names = rownames(ci), lower = unname(ci[, 1]), upper = unname(ci[, 2]))
write_json(out, "reference.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
