# Q-profile intervals of tau squared and I squared by metafor, for the data of reference.json.
# Rscript tests/reference/evidence/make_q_profile.R   (from the project's root)
suppressMessages({library(metafor); library(jsonlite)})

folder <- "tests/reference/evidence"
data <- fromJSON(file.path(folder, "reference.json"))$univariate_data
data$bcg <- with(escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
                 list(yi = as.numeric(yi), vi = as.numeric(vi), x = ablat))
# Estimates far apart and estimates more alike than chance allows.
data$apart <- list(yi = c(-2, 0, 2.5, 4), vi = c(.04, .09, .05, .06), x = c(1, 2, 3, 5))
data$alike <- list(yi = c(.30, .31, .30, .29, .30), vi = rep(.2, 5), x = c(1, 2, 3, 4, 6))

cases <- list()
for (name in names(data)) for (mods in c(FALSE, TRUE)) for (level in c(95, 90)) {
  d <- data[[name]]
  if (mods && length(d$yi) < 4) next
  m <- if (mods) rma(d$yi, d$vi, mods = d$x) else rma(d$yi, d$vi)
  ci <- suppressWarnings(confint(m, level = level, control = list(tol = 1e-12, maxiter = 10000)))
  cases[[length(cases) + 1]] <- list(
    yi = d$yi, vi = d$vi, mods = if (mods) d$x else NULL, data = name, level = level / 100,
    tau2 = unname(ci$random["tau^2", c("ci.lb", "ci.ub")]),
    i2 = unname(ci$random["I^2(%)", c("ci.lb", "ci.ub")]))
}
version <- list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor")))
write_json(list(versions = version, cases = cases), file.path(folder, "q_profile.json"),
           auto_unbox = TRUE, digits = 12, null = "null")
