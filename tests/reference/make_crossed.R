# Reference numbers for designs that leave the closed forms: therapists crossed with groups,
# therapists in both arms, groups nested in therapists, multiple membership. lme4, lmerTest, pbkrtest.
# Usage: REFERENCE_DIR=tests/reference Rscript tests/reference/make_crossed.R
source(file.path(Sys.getenv("REFERENCE_DIR", "."), "common.R"))

simulate <- function(seed, n_groups, size, n_control, n_therapists, tau2, omega) {
  set.seed(seed)
  n_group <- n_groups * size; n <- n_group + n_control
  d <- data.frame(id = sprintf("p%03d", seq_len(n)), arm = rep(c(1, 0), c(n_group, n_control)),
                  group = c(rep(sprintf("g%02d", seq_len(n_groups)), each = size), rep(NA, n_control)))
  d$grouped <- d$arm
  d$y0 <- round(rnorm(n, 0, 1), 2)
  d$therapist <- sprintf("t%02d", c(rep((seq_len(n_groups) - 1) %% n_therapists + 1, each = size),
                                    sample(n_therapists, n_control, TRUE)))
  w <- MASS::mvrnorm(n_therapists, c(0, 0), omega)[as.integer(substr(d$therapist, 2, 3)), ]
  u <- c(rep(rnorm(n_groups, 0, sqrt(tau2)), each = size), rep(0, n_control))
  d$y <- round(1 + 0.7 * d$y0 - 0.4 * d$arm + u + d$arm * w[, 1] + (1 - d$arm) * w[, 2] + rnorm(n), 4)
  d[sample(n), ]
}

cases <- list()
add <- function(...) cases[[length(cases) + 1]] <<- case_lmer(...)
base <- list(formula = "y ~ arm + y0", group = "group", grouped = "grouped")

# Therapists lead several groups and see individual clients: two effects with a covariance.
both <- write_fixture(simulate(41, 24, 6, 120, 12, 0.3, matrix(c(0.5, 0.2, 0.2, 0.4), 2)),
                      "therapist_both_arms.csv")
both$individual <- 1 - both$grouped
add("therapist_both_arms.csv",
    y ~ arm + y0 + (0 + grouped | group) + (0 + grouped + individual | therapist), both,
    c(base, list(therapist = "therapist")))

# Group members see different individual therapists: therapists crossed with groups.
crossed <- simulate(42, 16, 7, 90, 10, 0.4, matrix(c(0.4, 0.15, 0.15, 0.4), 2))
set.seed(142); crossed$therapist <- sample(crossed$therapist)
w <- rnorm(10, 0, 0.7); crossed$y <- round(crossed$y + w[as.integer(substr(crossed$therapist, 2, 3))], 4)
crossed <- write_fixture(crossed, "therapist_crossed.csv")
crossed$individual <- 1 - crossed$grouped
add("therapist_crossed.csv",
    y ~ arm + y0 + (0 + grouped | group) + (0 + grouped + individual | therapist), crossed,
    c(base, list(therapist = "therapist")))

# Therapists of the group arm only, each with several groups.
nested <- simulate(43, 24, 6, 100, 8, 0.3, matrix(c(0.8, 0, 0, 0), 2))
nested$therapist[nested$arm == 0] <- NA
nested <- write_fixture(nested, "therapist_nested.csv")
add("therapist_nested.csv",
    y ~ arm + y0 + (0 + grouped | group) + (0 + grouped | therapist), nested,
    c(base, list(therapist = "therapist")))

# Repeated outcomes of participants whose therapists work in both arms.
people <- simulate(45, 28, 4, 100, 14, 0, matrix(c(0, 0, 0, 0), 2))
set.seed(145)
n <- nrow(people); k <- rep(seq_len(n), each = 4)
repeated <- people[k, ]; repeated$time <- rep(0:3, n)
b <- MASS::mvrnorm(n, c(0, 0), matrix(c(0.6, -0.05, -0.05, 0.15), 2))
u <- MASS::mvrnorm(28, c(0, 0), matrix(c(0.4, 0.05, 0.05, 0.2), 2))
w <- MASS::mvrnorm(14, c(0, 0), matrix(c(0.6, 0.2, 0.2, 0.6), 2))
t <- as.integer(substr(repeated$therapist, 2, 3)); g <- as.integer(substr(repeated$group, 2, 3))
inside <- ifelse(is.na(g), 0, u[ifelse(is.na(g), 1, g), 1] + repeated$time * u[ifelse(is.na(g), 1, g), 2])
repeated$y <- round(1 + 0.5 * repeated$y0 - 0.4 * repeated$time + b[k, 1] + b[k, 2] * repeated$time +
  inside + repeated$arm * w[t, 1] + (1 - repeated$arm) * w[t, 2] + rnorm(4 * n, 0, 0.8), 4)
repeated <- repeated[runif(nrow(repeated)) > 0.15 * (repeated$time > 0), ]
repeated <- write_fixture(repeated, "therapist_repeated.csv")
repeated$individual <- 1 - repeated$grouped
add("therapist_repeated.csv",
    y ~ arm * time + y0 + (1 + time | id) + (0 + grouped + grouped:time | group) +
      (0 + grouped + individual | therapist), repeated,
    list(formula = "y ~ arm * time + y0", group = "group", grouped = "grouped", participant = "id",
         slope = "time", therapist = "therapist", group_slope = TRUE), kr = FALSE)

# Multiple membership: lme4 has no syntax for it, so the design matrix of the group effect is
# replaced by the weights after a placeholder factor with as many levels has been parsed.
set.seed(44)
n_group <- 120; n_control <- 100; groups <- sprintf("g%02d", 1:12)
members <- data.frame(id = sprintf("p%03d", seq_len(n_group + n_control)),
                      arm = rep(c(1, 0), c(n_group, n_control)))
weights <- do.call(rbind, lapply(members$id[members$arm == 1], function(id) {
  attended <- sample(groups, sample(1:3, 1)); share <- as.numeric(rmultinom(1, 12, runif(length(attended), 0.2, 1)))
  keep <- share > 0
  data.frame(id = id, group = attended[keep], weight = round(share[keep] / sum(share), 6))
}))
u <- setNames(rnorm(12, 0, 1), groups)
effect <- tapply(weights$weight * u[weights$group], weights$id, sum)
members$y0 <- round(rnorm(nrow(members)), 2)
members$y <- round(1 + 0.7 * members$y0 - 0.4 * members$arm + rnorm(nrow(members)) +
                   ifelse(members$arm == 1, effect[members$id], 0), 4)
members <- write_fixture(members, "membership.csv")
weights <- write_fixture(weights, "membership_weights.csv")
m <- matrix(0, nrow(members), 12, dimnames = list(members$id, groups))
m[cbind(weights$id, weights$group)] <- weights$weight

members$placeholder <- factor(rep_len(groups, nrow(members)))
parsed <- lFormula(y ~ arm + y0 + (1 | placeholder), members, control = tight)
parsed$reTrms$Zt <- Matrix::Matrix(t(m), sparse = TRUE)
parsed$reTrms$Lind <- rep(1L, 12)
deviance_of <- do.call(mkLmerDevfun, parsed)
optimum <- optimizeLmer(deviance_of, optimizer = "bobyqa",
                        control = list(rhobeg = 0.02, rhoend = 1e-11, maxfun = 1e5))
model <- mkMerMod(environment(deviance_of), optimum, parsed$reTrms, fr = parsed$fr)
estimates <- varcomp_lmer(model); estimates$term[estimates$term == "placeholder"] <- "group"
cases[[length(cases) + 1]] <- list(
  peer = "lme4", fixture = "membership.csv", membership = "membership_weights.csv",
  peer_formula = "y ~ arm + y0 + weights of membership",
  arguments = list(formula = "y ~ arm + y0", group = "group", participant = "id", reml = TRUE),
  singular = FALSE, n = nrow(members), criterion = as.numeric(optimum$fval),
  beta = as.list(fixef(model)), se = as.list(sqrt(diag(as.matrix(vcov(model))))),
  varcomp = estimates)
write_cases(cases, "make_crossed.R", "crossed.json")
