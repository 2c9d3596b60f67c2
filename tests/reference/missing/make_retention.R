# Makes the numbers that cumulative incidence and the clustered Cox model must reproduce:
# ties, censoring, a competing event, therapy groups in one arm.
# Run in this folder: Rscript make_retention.R
library(survival)
library(jsonlite)
set.seed(20261124)
versions <- list(R = paste(R.version$major, R.version$minor, sep = "."),
                 survival = as.character(packageVersion("survival")))

n <- 300
group <- rep(c(1, 0), each = n / 2)
cluster <- ifelse(group == 1, paste0("c", rep(1:25, length.out = n)), paste0("p", 1:n))
frail <- rnorm(25, 0, 0.4)[ifelse(group == 1, rep(1:25, length.out = n), NA)]
frail[is.na(frail)] <- 0
age <- round(rnorm(n, 40, 10), 1)
leave <- ceiling(rexp(n, 0.015 * exp(0.3 * group + frail + 0.01 * (age - 40))))
finish <- sample(c(28, 35, 42), n, TRUE)
lock <- ceiling(runif(n, 5, 120))
day <- pmin(leave, finish, lock)
event <- ifelse(day == lock & lock < pmin(leave, finish), "censored",
                ifelse(leave < finish, "left", "completed"))
stays <- data.frame(day, event, group, cluster, age)
write.csv(stays, "stays.csv", row.names = FALSE)
stays <- read.csv("stays.csv")
stays$event <- factor(stays$event, c("censored", "left", "completed"))

curve <- function(rows, clustered) {
  rows$id <- seq_len(nrow(rows))
  s <- survfit(Surv(day, event) ~ 1, rows, id = id, influence = TRUE)
  at <- summary(s, times = c(7, 14, 28, 35, 42))
  out <- list(times = at$time, left = at$pstate[, 2], left_se = at$std.err[, 2],
              completed = at$pstate[, 3], completed_se = at$std.err[, 3])
  if (clustered) {
    # survfit 3.5 leaves `cluster` aside with several states: sum its influence by therapy group.
    offset <- dim(s$influence.pstate)[2] - length(s$time)
    where <- sapply(out$times, function(t) max(which(s$time <= t))) + offset
    by_group <- function(state) sapply(where, function(j)
      sqrt(sum(rowsum(s$influence.pstate[, j, state], rows$cluster)^2)))
    plain <- sapply(where, function(j) sqrt(sum(s$influence.pstate[, j, 2]^2)))
    stopifnot(all.equal(plain, out$left_se))
    out$left_se_clustered <- by_group(2)
    out$completed_se_clustered <- by_group(3)
  }
  out
}
incidence <- list(group = curve(stays[stays$group == 1, ], TRUE),
                  individual = curve(stays[stays$group == 0, ], FALSE))
left <- as.numeric(stays$event == "left")
cox <- function(formula) {
  s <- coxph(formula, stays, cluster = cluster, ties = "efron")
  list(coef = unname(coef(s)), robust_se = unname(sqrt(diag(vcov(s)))),
       naive_se = unname(sqrt(diag(s$naive.var))))
}
hazards <- list(plain = cox(Surv(day, left) ~ group), adjusted = cox(Surv(day, left) ~ group + age))

write_json(list(script = "make_retention.R", versions = versions, incidence = incidence,
                hazards = hazards), "retention.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
