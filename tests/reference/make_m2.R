# Reference numbers for M2 (repeated outcomes, homoscedastic): lme4, lmerTest, pbkrtest.
# Usage: REFERENCE_DIR=tests/reference Rscript tests/reference/make_m2.R
source(file.path(Sys.getenv("REFERENCE_DIR", "."), "common.R"))
library(MASS, warn.conflicts = FALSE)

simulate_m2 <- function(seed, sizes, n_control, group_cov, person_cov, times, missing = 0,
                        irregular = FALSE, sigma2 = c(1, 1), person_ratio = 1) {
  set.seed(seed)
  n_group <- sum(sizes); n <- n_group + n_control
  person <- data.frame(id = sprintf("p%03d", seq_len(n)), arm = rep(c(1, 0), c(n_group, n_control)),
                       group = c(rep(sprintf("g%02d", seq_along(sizes)), sizes), rep(NA, n_control)))
  person$grouped <- person$arm
  person$y0 <- round(rnorm(n, 0, 1), 2)
  person$condition <- sample(c("anxiety", "mood"), n, TRUE)
  b <- mvrnorm(n, c(0, 0), person_cov) * ifelse(person$arm == 1, sqrt(person_ratio), 1)
  u <- mvrnorm(length(sizes), c(0, 0), group_cov)[rep(seq_along(sizes), sizes), , drop = FALSE]
  u <- rbind(u, matrix(0, n_control, 2))
  d <- person[rep(seq_len(n), each = length(times)), ]
  k <- rep(seq_len(n), each = length(times))
  d$time <- rep(times, n)
  if (irregular) d$time <- round(pmax(0, d$time + runif(nrow(d), -0.3, 0.3)), 2)
  d$y <- with(d, 1 + 0.6 * y0 - 0.5 * time - 0.2 * arm * time) + b[k, 1] + b[k, 2] * d$time +
    d$grouped * (u[k, 1] + u[k, 2] * d$time) + rnorm(nrow(d), 0, sqrt(sigma2[1 + d$arm]))
  d$y <- round(d$y, 4)
  d$pain <- round(rnorm(nrow(d)), 2)
  d <- d[runif(nrow(d)) >= missing * (d$time > times[1]), ]
  d[order(runif(nrow(d))), ]
}

person <- matrix(c(0.8, -0.1, -0.1, 0.25), 2)
group <- matrix(c(0.6, 0.08, 0.08, 0.3), 2)
fixtures <- list(
  m2_balanced = simulate_m2(11, rep(6, 16), 60, group, person, 0:3),
  m2_missing = simulate_m2(12, c(4, 5, 6, 7, 8, 8, 9, 3, 6, 7, 5, 8), 60, group, person, 0:4, 0.25),
  m2_irregular = simulate_m2(13, rep(c(4, 6), 6), 40, group, person, 0:3, 0.1, irregular = TRUE),
  m2_four_groups = simulate_m2(14, c(9, 10, 12, 14), 40, group, person, 0:3, 0.1),
  m2_singletons = simulate_m2(15, c(1, 1, 2, 5, 6, 7, 1, 8, 6, 5), 40, group, person, 0:3, 0.1),
  m2_boundary = simulate_m2(16, rep(5, 12), 60, 0 * group, person, 0:3))
data <- Map(write_fixture, fixtures, paste0(names(fixtures), ".csv"))

models <- list(
  intercept = list(random = "(1 + time | id) + (0 + grouped | group)", slope = FALSE),
  slope = list(random = "(1 + time | id) + (0 + grouped + grouped:time | group)", slope = TRUE))
cases <- list()
add <- function(fixture, fixed, model, REML = TRUE, kr = REML) {
  fixed_in_r <- sub("C(time)", "factor(time)", fixed, fixed = TRUE)  # C() is Python's factor()
  formula <- as.formula(paste(fixed_in_r, "+", model$random))
  arguments <- list(formula = fixed, group = "group", grouped = "grouped", participant = "id",
                    slope = "time", group_slope = model$slope)
  cases[[length(cases) + 1]] <<- case_lmer(paste0(fixture, ".csv"), formula, data[[fixture]],
                                           arguments, REML, kr)
}
for (fixture in names(data)) for (model in models) {
  add(fixture, "y ~ arm * time + y0", model)
  add(fixture, "y ~ arm * time + y0", model, REML = FALSE)
}
add("m2_missing", "y ~ arm * time + y0 + condition", models$slope)
add("m2_missing", "y ~ arm * time + condition * time", models$slope)
add("m2_missing", "y ~ arm * time + y0 + pain", models$slope)   # varies within a participant
add("m2_missing", "y ~ arm * C(time) + y0", models$slope, kr = FALSE)
write_cases(cases, "make_m2.R", "m2.json")
