# Reference numbers for the weighted comparisons, in base R and clubSandwich.
#
# The data are simulated here (a confounded comparison; therapy groups in one arm), rounded, written
# to confounded.csv and read back. Standard errors are sandwiches of the stacked estimating equations
# with a numerical Jacobian: nothing is shared with the analytic derivatives of the package.
# Run in this folder: Rscript make_reference.R

suppressMessages({library(jsonlite); library(clubSandwich)})

set.seed(20260401)
n <- 320
z <- rnorm(n); age <- rnorm(n, 40, 12); chronic <- rbinom(n, 1, 0.4)
site <- sample(c("north", "south", "west"), n, TRUE)
arm <- rbinom(n, 1, plogis(0.7 * z + 0.02 * (age - 40) + 0.4 * chronic - 0.3 * (site == "west")))
cluster <- rep(NA, n); treated <- sample(which(arm == 1))
cluster[treated] <- ceiling(seq_along(treated) / 8)
u <- rnorm(max(cluster, na.rm = TRUE), 0, 1.5)
outcome <- 12 + 2.5 * z + 0.05 * (age - 40) + 1.2 * chronic - 0.8 * arm * (1 + 0.5 * z) +
  ifelse(arm == 1, u[cluster], 0) + rnorm(n, 0, ifelse(arm == 1, 5, 4))
data <- data.frame(
  episode_id = sprintf("e%03d", seq_len(n)), arm = ifelse(arm == 1, "group", "individual"),
  cluster = ifelse(is.na(cluster), "", sprintf("c%02d", cluster)),
  baseline = round(15 + 5 * z, 2), age = round(age, 1), chronic = ifelse(chronic == 1, "yes", "no"),
  site = site, outcome = round(outcome, 3), response = as.integer(outcome < 10))
write.csv(data, "confounded.csv", row.names = FALSE, quote = FALSE)

d <- read.csv("confounded.csv", colClasses = c(cluster = "character"))
A <- as.numeric(d$arm == "group"); y <- d$outcome; r <- d$response
unit <- ifelse(d$cluster == "", d$episode_id, d$cluster)
X <- model.matrix(~ baseline + age + chronic + site, d)
X[, 2:3] <- scale(X[, 2:3])           # conditioning only; every number below is invariant to it
ps <- glm(A ~ X - 1, family = binomial, control = glm.control(epsilon = 1e-14, maxit = 100))
e <- fitted(ps)

parts <- function(e, estimand) switch(estimand,
  ato = list(h = e * (1 - e), w1 = 1 - e, w0 = e),
  ate = list(h = rep(1, length(e)), w1 = 1 / e, w0 = 1 / (1 - e)),
  att = list(h = e, w1 = rep(1, length(e)), w0 = e / (1 - e)))

jacobian <- function(f, at) sapply(seq_along(at), function(k) {
  step <- 1e-4 * max(1, abs(at[k]))
  shifted <- function(m) { b <- at; b[k] <- b[k] + m * step; f(b) }
  (8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))) / (12 * step)
})

# psi: theta -> n x length(theta); the last element of theta is the estimate
sandwich_se <- function(psi, theta) {
  bread <- solve(jacobian(function(b) colSums(psi(b)), theta))
  meat <- crossprod(rowsum(psi(theta), unit))
  sqrt((bread %*% meat %*% t(bread))[length(theta), length(theta)])
}

p <- ncol(X)
weighted <- function(estimand) {
  w <- parts(e, estimand)
  mu <- c(weighted.mean(y[A == 1], w$w1[A == 1]), weighted.mean(y[A == 0], w$w0[A == 0]))
  theta <- c(coef(ps), mu, mu[1] - mu[2])
  psi <- function(b) {
    q <- plogis(X %*% b[1:p])[, 1]; w <- parts(q, estimand)
    cbind(X * (A - q), A * w$w1 * (y - b[p + 1]), (1 - A) * w$w0 * (y - b[p + 2]),
          rep((b[p + 1] - b[p + 2] - b[p + 3]), length(y)))
  }
  list(value = mu[1] - mu[2], se = sandwich_se(psi, theta))
}

robust <- function(estimand) {
  w <- parts(e, estimand)
  b1 <- coef(lm(y ~ X - 1, subset = A == 1)); b0 <- coef(lm(y ~ X - 1, subset = A == 0))
  m1 <- (X %*% b1)[, 1]; m0 <- (X %*% b0)[, 1]
  pieces <- c(sum(w$h * (m1 - m0)) / sum(w$h), weighted.mean((y - m1)[A == 1], w$w1[A == 1]),
              weighted.mean((y - m0)[A == 0], w$w0[A == 0]))
  value <- pieces[1] + pieces[2] - pieces[3]
  theta <- c(coef(ps), b1, b0, pieces, value)
  psi <- function(b) {
    q <- plogis(X %*% b[1:p])[, 1]; w <- parts(q, estimand)
    m1 <- (X %*% b[p + 1:p])[, 1]; m0 <- (X %*% b[2 * p + 1:p])[, 1]; k <- 3 * p
    cbind(X * (A - q), X * A * (y - m1), X * (1 - A) * (y - m0), w$h * (m1 - m0 - b[k + 1]),
          A * w$w1 * (y - m1 - b[k + 2]), (1 - A) * w$w0 * (y - m0 - b[k + 3]),
          rep(b[k + 1] + b[k + 2] - b[k + 3] - b[k + 4], length(y)))
  }
  list(value = value, se = sandwich_se(psi, theta))
}

standardised <- function(estimand, by_weights) {
  w <- parts(e, estimand)
  raw <- function(w) if (by_weights) ifelse(A == 1, w$w1, w$w0) else rep(1, length(A))
  D <- cbind(A, X)
  fit <- suppressWarnings(glm(r ~ D - 1, family = binomial, weights = raw(w),
                              control = glm.control(epsilon = 1e-14, maxit = 100)))
  risk <- function(b, a) plogis(a * b[1] + (X %*% b[-1])[, 1])
  risks <- sapply(1:0, function(a) sum(w$h * risk(coef(fit), a)) / sum(w$h))
  theta <- c(coef(ps), coef(fit), risks, risks[1] - risks[2])
  psi <- function(b) {
    q <- plogis(X %*% b[1:p])[, 1]; w <- parts(q, estimand); g <- b[p + 1:(p + 1)]; k <- 2 * p + 1
    cbind(X * (A - q), D * raw(w) * (r - plogis(D %*% g)[, 1]), w$h * (risk(g, 1) - b[k + 1]),
          w$h * (risk(g, 0) - b[k + 2]), rep(b[k + 1] - b[k + 2] - b[k + 3], length(r)))
  }
  list(comparison = risks[1], reference = risks[2], value = risks[1] - risks[2],
       se = sandwich_se(psi, theta))
}

smd <- function(v, w) {
  spread <- sqrt((var(v[A == 1]) + var(v[A == 0])) / 2)
  (weighted.mean(v[A == 1], w[A == 1]) - weighted.mean(v[A == 0], w[A == 0])) / spread
}
zs <- function(v) (v - mean(v)) / sqrt(mean((v - mean(v))^2))
terms <- list("baseline" = d$baseline, "age" = d$age, "baseline^2" = zs(d$baseline)^2,
  "baseline*age" = zs(d$baseline) * zs(d$age), "chronic[yes]" = as.numeric(d$chronic == "yes"),
  "age*site[west]" = zs(d$age) * (d$site == "west"),
  "chronic[yes]*site[west]" = (d$chronic == "yes") * (d$site == "west"))
ato <- with(parts(e, "ato"), ifelse(A == 1, w1, w0))
balance <- lapply(terms, function(v) list(before = smd(v, rep(1, n)), after = smd(v, ato)))

# fixed overlap weights: the weighted regression that gives the same estimate, CR2 and its df
wls <- lm(y ~ A + X - 1, weights = ato)
cr2 <- coef_test(wls, vcov = "CR2", cluster = unit, test = "Satterthwaite")["A", ]

ols <- lm(outcome ~ A + baseline + age + chronic + site, d)
treat <- lm(A ~ baseline + age + chronic + site, d)
partial <- function(model, drop) 1 - deviance(model) / deviance(update(model, paste(". ~ . -", drop)))
strength <- lapply(c(baseline = "baseline", age = "age", chronic = "chronic", site = "site"),
  function(v) list(arm = partial(treat, v), outcome = partial(ols, v)))
scale <- summary(ols)$coefficients["A", 2] * sqrt(df.residual(ols))

kish <- function(w) sum(w)^2 / sum(w^2)
out <- list(
  script = "tests/reference/confounding/make_reference.R", r = R.version.string,
  clubSandwich = as.character(packageVersion("clubSandwich")),
  scores = e[1:12], balance = balance,
  effective = list(comparison = kish(ato[A == 1]), reference = kish(ato[A == 0])),
  weighted = lapply(c(ato = "ato", ate = "ate", att = "att"), weighted),
  doubly_robust = lapply(c(ato = "ato", ate = "ate", att = "att"), robust),
  risk_difference = list(ato = standardised("ato", TRUE), ate = standardised("ate", TRUE),
                         att = standardised("att", TRUE), gcomputation = standardised("ate", FALSE)),
  cr2 = list(value = cr2$beta, se = cr2$SE, df = cr2$df),
  strength = strength, bias_scale = scale)
write_json(out, "reference.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
