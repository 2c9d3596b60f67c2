# Makes the numbers that imputation and Rubin's rules must reproduce.
# Run in this folder: Rscript make_missing.R
library(mice)
library(jsonlite)
set.seed(20261123)

versions <- list(R = paste(R.version$major, R.version$minor, sep = "."),
                 mice = as.character(packageVersion("mice")))

# 1. Rubin's rules with Barnard-Rubin degrees of freedom.
one_pool <- function(q, u, dfcom) {
  p <- pool.scalar(q, u, n = dfcom + 1, k = 1)
  list(q = q, u = u, dfcom = dfcom, qbar = p$qbar, se = sqrt(p$t), df = p$df, fmi = p$fmi)
}
pooling <- list(
  one_pool(c(1.2, 0.7, 1.9, 1.1, 0.4), c(0.30, 0.28, 0.33, 0.29, 0.31), 40),
  one_pool(c(-0.31, -0.35, -0.28, -0.33), c(0.08, 0.081, 0.079, 0.08), 115.5),
  one_pool(rnorm(30, 2, 0.2), rep(0.5, 30), 14)
)

# 2. A trial with no clusters: missing baselines, an earlier score, the outcome; missing at random.
n <- 400
arm <- rep(c("group", "individual"), each = n / 2)
baseline <- rnorm(n, 15, 5)
mid <- 5 + 0.6 * baseline - 1 * (arm == "group") + rnorm(n, 0, 3)
outcome <- 3 + 0.2 * baseline + 0.6 * mid - 0.5 * (arm == "group") + rnorm(n, 0, 3)
trial <- data.frame(episode_id = sprintf("e%03d", 1:n), arm, baseline, mid, outcome)
gone <- runif(n) < plogis(-2.2 + 0.15 * (mid - 13) + 0.5 * (arm == "group"))
late <- runif(n) < 0.5
trial$outcome[gone | runif(n) < 0.12] <- NA
trial$mid[gone & late] <- NA
trial$baseline[runif(n) < 0.06] <- NA
trial[, 3:5] <- round(trial[, 3:5], 4)
write.csv(trial, "trial.csv", row.names = FALSE, na = "")
trial <- read.csv("trial.csv", na.strings = "")

impute_arm <- function(rows, m) {
  mice(rows[, c("baseline", "mid", "outcome")], method = "norm", m = m, maxit = 10,
       printFlag = FALSE)
}
analyse <- function(m, shift_group = 0) {
  a <- trial[trial$arm == "group", ]; b <- trial[trial$arm == "individual", ]
  # The shift is applied to the last draw only: as an afterthought, not inside the chain.
  ia <- impute_arm(a, m); ib <- impute_arm(b, m)
  fits <- lapply(seq_len(m), function(k) {
    ca <- complete(ia, k); cb <- complete(ib, k)
    ca$outcome <- ca$outcome + shift_group * is.na(a$outcome)
    all <- rbind(cbind(ca, g = 1), cbind(cb, g = 0))
    s <- nlme::gls(outcome ~ g + baseline, all, weights = nlme::varIdent(form = ~ 1 | g))
    c(coef(s)["g"], vcov(s)["g", "g"])
  })
  q <- sapply(fits, `[`, 1); u <- sapply(fits, `[`, 2)
  p <- pool.scalar(q, u, n = n, k = 3)
  list(m = m, estimate = p$qbar, se = sqrt(p$t), fmi = p$fmi, mcse = sqrt(p$b / m))
}
imputed <- list(mar = analyse(400), delta = analyse(400, 3))

# 3. Jump to reference with one endpoint: the unseen of the treated arm get the reference arm's
# regression on baseline (complete here), by relabelling them before imputation.
endpoint <- trial[!is.na(trial$baseline), c("episode_id", "arm", "baseline", "outcome")]
donor <- endpoint
donor$arm[is.na(donor$outcome)] <- "individual"
jump <- function(m) {
  ref <- donor[donor$arm == "individual", ]
  imp <- mice(ref[, c("baseline", "outcome")], method = "norm", m = m, maxit = 1, printFlag = FALSE)
  fits <- lapply(seq_len(m), function(k) {
    all <- endpoint
    all$outcome[match(ref$episode_id, all$episode_id)] <- complete(imp, k)$outcome
    s <- nlme::gls(outcome ~ I(arm == "group") + baseline, all,
                   weights = nlme::varIdent(form = ~ 1 | arm))
    c(coef(s)[2], vcov(s)[2, 2])
  })
  q <- sapply(fits, `[`, 1); u <- sapply(fits, `[`, 2)
  p <- pool.scalar(q, u, n = nrow(endpoint), k = 3)
  list(m = m, estimate = p$qbar, se = sqrt(p$t), mcse = sqrt(p$b / m))
}
imputed$jump_to_reference <- jump(400)

write_json(list(script = "make_missing.R", versions = versions, pooling = pooling,
                imputed = imputed),
           "missing.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
