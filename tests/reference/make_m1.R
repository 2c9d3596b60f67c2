# Reference numbers for M1 (one endpoint, homoscedastic): lme4, lmerTest, pbkrtest.
# Usage: REFERENCE_DIR=tests/reference Rscript tests/reference/make_m1.R
source(file.path(Sys.getenv("REFERENCE_DIR", "."), "common.R"))

# A partially nested trial: `sizes` are those of the groups in the group arm.
simulate_m1 <- function(seed, sizes, n_control, tau2, sigma2 = c(1, 1), exposure = FALSE) {
  set.seed(seed)
  n_group <- sum(sizes); n <- n_group + n_control
  d <- data.frame(id = sprintf("p%03d", seq_len(n)), arm = rep(c(1, 0), c(n_group, n_control)),
                  group = c(rep(sprintf("g%02d", seq_along(sizes)), sizes), rep(NA, n_control)))
  d$grouped <- d$arm
  if (exposure) d$grouped[seq_len(n_group)] <- round(runif(n_group, 0.3, 1), 2)
  d$y0 <- round(rnorm(n, 14, 4), 1)
  d$condition <- sample(c("anxiety", "mood", "trauma"), n, TRUE)
  u <- c(rep(rnorm(length(sizes), 0, sqrt(tau2)), sizes), rep(0, n_control))
  e <- rnorm(n, 0, sqrt(sigma2[1 + d$arm]))
  d$y <- round(3 + 0.5 * d$y0 - 0.4 * d$arm + 0.6 * (d$condition == "mood") + d$grouped * u + e, 4)
  d[sample(n), ]
}

# Group means of the residuals are taken out: the group variance is then at zero.
without_clustering <- function(d) {
  centred <- ave(d$y, ifelse(is.na(d$group), d$id, d$group), FUN = function(v) v - mean(v))
  d$y <- round(ifelse(is.na(d$group), d$y, 3 + 0.5 * d$y0 + centred - 0.4), 4)
  d$y <- d$y - ave(d$y - 0.5 * d$y0, ifelse(is.na(d$group), d$id, d$group)) *
    (!is.na(d$group)) + 3 * (!is.na(d$group))
  d$y <- round(d$y, 4)
  d
}

fixtures <- list(
  m1_balanced = simulate_m1(1, rep(8, 16), 128, 0.2),
  m1_unbalanced = simulate_m1(2, c(3, 4, 5, 5, 6, 7, 7, 8, 9, 11, 12, 4), 70, 0.3),
  m1_four_groups = simulate_m1(3, c(17, 18, 19, 30), 60, 0.15),
  m1_singletons = simulate_m1(4, c(1, 1, 1, 2, 5, 6, 7, 8, 1, 9), 40, 0.4),
  m1_boundary = without_clustering(simulate_m1(5, rep(6, 10), 60, 0)),
  m1_exposure = simulate_m1(6, c(6, 7, 8, 8, 9, 5, 10, 6, 7, 8), 50, 0.5, exposure = TRUE))
data <- Map(write_fixture, fixtures, paste0(names(fixtures), ".csv"))

plain <- "y ~ arm"; covariate <- "y ~ arm + y0"; full <- "y ~ arm + y0 + condition"
cases <- list()
for (name in names(data)) for (fixed in c(plain, covariate, full)) for (reml in c(TRUE, FALSE)) {
  formula <- as.formula(paste(fixed, "+ (0 + grouped | group)"))
  arguments <- list(formula = fixed, group = "group", grouped = "grouped")
  cases[[length(cases) + 1]] <- case_lmer(paste0(name, ".csv"), formula, data[[name]], arguments,
                                          REML = reml)
}

# Groups in both arms: the exposure is 1 for everyone.
both <- simulate_m1(7, rep(c(5, 7, 9), 6), 0, 0.3)
both$arm <- as.numeric(as.integer(substr(both$group, 2, 3)) %% 2 == 0)
both$grouped <- 1
both <- write_fixture(both, "m1_both_arms.csv")
for (fixed in c(covariate, full)) {
  formula <- as.formula(paste(fixed, "+ (1 | group)"))
  cases[[length(cases) + 1]] <- case_lmer("m1_both_arms.csv", formula, both,
    list(formula = fixed, group = "group", grouped = "grouped"))
}

# Precision weights: the residual variance of a row is sigma^2 / weight. Text labels of the arms.
weighted <- simulate_m1(8, c(5, 6, 7, 8, 9, 10, 4, 6, 7, 8), 60, 0.3)
weighted$precision <- sample(c(1, 2, 4), nrow(weighted), TRUE)
weighted$format <- ifelse(weighted$arm == 1, "therapy_group", "individual")
weighted <- write_fixture(weighted, "m1_weighted.csv")
cases[[length(cases) + 1]] <- case_lmer("m1_weighted.csv", y ~ format * y0 + (0 + grouped | group),
  weighted, list(formula = "y ~ format * y0", group = "group", grouped = "grouped",
                 precision_weights = "precision"), kr = FALSE, weights = weighted$precision)
cases[[length(cases) + 1]] <- case_lmer("m1_weighted.csv",
  y ~ format + poly(y0, 2, raw = TRUE) + (0 + grouped | group), weighted,
  list(formula = "y ~ format + y0 + I(y0**2)", group = "group", grouped = "grouped"))
write_cases(cases, "make_m1.R", "m1.json")
