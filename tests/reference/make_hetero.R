# Reference numbers with variances that differ by arm: nlme (varIdent), lmer with an effect for each
# row of the noisier arm (the same model; gives df through lmerTest and pbkrtest), glmmTMB.
# Usage: REFERENCE_DIR=tests/reference Rscript tests/reference/make_hetero.R
source(file.path(Sys.getenv("REFERENCE_DIR", "."), "common.R"))
suppressPackageStartupMessages(library(glmmTMB))

read_fixture <- function(name) {
  back <- read.csv(here("fixtures", name), stringsAsFactors = FALSE, na.strings = "")
  back$group[is.na(back$group)] <- "none"
  back
}

source_functions <- function(file) {
  # Only the simulators: the assignments of functions, not the fits.
  for (one in parse(here(file))) {
    if (is.call(one) && identical(one[[1]], as.name("<-")) && is.call(one[[3]]) &&
        identical(one[[3]][[1]], as.name("function"))) eval(one, globalenv())
  }
}
source_functions("make_m1.R"); source_functions("make_m2.R")
mvrnorm <- MASS::mvrnorm

fixtures <- list(
  hetero_m1_noisy_group = list(simulate_m1(21, rep(8, 12), 96, 0.3, c(1, 2)), 1),
  hetero_m1_noisy_control = list(simulate_m1(22, c(4, 5, 6, 7, 8, 9, 10, 6, 5, 8, 7, 6), 90, 0.3, c(3, 1)), 0),
  hetero_m1_four_groups = list(simulate_m1(23, c(15, 18, 20, 25), 70, 0.2, c(1, 2.5)), 1),
  hetero_m1_singletons = list(simulate_m1(24, c(1, 1, 2, 1, 6, 7, 8, 5, 9), 45, 0.4, c(2.5, 1)), 0),
  hetero_m1_boundary = list(without_clustering(simulate_m1(25, rep(6, 10), 60, 0, c(3, 1))), 0))
cases <- list()
for (name in names(fixtures)) {
  fixture <- paste0(name, ".csv")
  data <- write_fixture(fixtures[[name]][[1]], fixture)
  for (fixed in c("y ~ arm + y0", "y ~ arm + y0 + condition")) {
    cases[[length(cases) + 1]] <- case_by_arm(
      fixture, fixed, "(0 + grouped | group)",
      list(formula = fixed, group = "group", grouped = "grouped", residual_by = "arm"),
      data, fixtures[[name]][[2]], list(group = pdDiag(~ 0 + grouped)))
  }
}

person <- matrix(c(0.8, -0.1, -0.1, 0.25), 2); group <- matrix(c(0.6, 0.08, 0.08, 0.3), 2)
repeated <- list(
  hetero_m2_noisy_group = list(simulate_m2(31, rep(5, 12), 50, group, person, 0:3, 0.1, sigma2 = c(1, 2)), 1),
  hetero_m2_noisy_control = list(simulate_m2(32, c(4, 5, 6, 7, 8, 3, 5, 6, 4, 6), 50, group, person, 0:3, 0.15, sigma2 = c(2.5, 1)), 0))
m2 <- list(formula = "y ~ arm * time + y0", group = "group", grouped = "grouped", participant = "id",
           slope = "time", residual_by = "arm")
for (name in names(repeated)) {
  fixture <- paste0(name, ".csv")
  data <- write_fixture(repeated[[name]][[1]], fixture)
  for (slope in c(FALSE, TRUE)) {
    by_group <- if (slope) "(0 + grouped + grouped:time | group)" else "(0 + grouped | group)"
    nlme_group <- if (slope) pdSymm(~ 0 + grouped + grouped:time) else pdDiag(~ 0 + grouped)
    cases[[length(cases) + 1]] <- case_by_arm(
      fixture, m2$formula, paste("(1 + time | id) +", by_group), c(m2, list(group_slope = slope)),
      data, repeated[[name]][[2]], list(group = nlme_group, id = pdSymm(~ time)))
  }
}

# Participant covariance by arm, one residual variance.
data <- write_fixture(simulate_m2(33, rep(c(5, 6), 6), 60, group, person, 0:3, 0.1, person_ratio = 2),
                      "hetero_m2_participants.csv")
data$treated <- data$arm; data$control <- 1 - data$arm
for (slope in c(FALSE, TRUE)) {
  by_group <- if (slope) "(0 + grouped + grouped:time | group)" else "(0 + grouped | group)"
  cases[[length(cases) + 1]] <- case_lmer("hetero_m2_participants.csv",
    as.formula(paste(m2$formula, "+ (0 + control + control:time | id) +",
                     "(0 + treated + treated:time | id) +", by_group)), data,
    c(m2[names(m2) != "residual_by"], list(participant_by = "arm", group_slope = slope)))
}
write_cases(cases, "make_hetero.R", "hetero.json")
