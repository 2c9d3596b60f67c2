# Reference numbers where members of a group may be less alike than strangers: gls with compound
# symmetry within groups (its correlation may be negative) and a variance for each arm.
# Usage: REFERENCE_DIR=tests/reference Rscript tests/reference/make_negative.R
source(file.path(Sys.getenv("REFERENCE_DIR", "."), "common.R"))

case_gls <- function(fixture, start) {
  data <- read.csv(here("fixtures", fixture), stringsAsFactors = FALSE, na.strings = "")
  alone <- is.na(data$group) | data$grouped == 0
  data$unit <- ifelse(alone, paste0("alone", seq_len(nrow(data))), as.character(data$group))
  data <- data[order(data$unit), ]
  model <- gls(y ~ arm + y0, data, method = "REML",
               correlation = corCompSymm(start, form = ~ 1 | unit),
               weights = varIdent(form = ~ 1 | arm),
               control = glsControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 500, msMaxIter = 1000))
  rho <- coef(model$modelStruct$corStruct, unconstrained = FALSE)
  ratio <- coef(model$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
  cat(fixture, "icc", rho, "\n")
  list(peer = "nlme", fixture = fixture, n = nrow(data),
       arguments = list(formula = "y ~ arm + y0", group = "group", grouped = "grouped",
                        residual_by = "arm", negative_icc = TRUE),
       criterion = as.numeric(-2 * logLik(model)), beta = as.list(coef(model)),
       se = as.list(sqrt(diag(vcov(model)))), icc = unname(rho),
       variance = as.list((model$sigma * ratio)^2))
}

for (one in parse(here("make_m1.R"))) {
  if (is.call(one) && identical(one[[1]], as.name("<-")) && deparse(one[[2]]) == "simulate_m1") eval(one)
}
# Groups whose means lie closer together than chance would have them: a negative correlation.
unlike <- function(seed, sizes, alone, sigma2) {
  d <- simulate_m1(seed, sizes, alone, 0, sigma2)
  inside <- !is.na(d$group)
  left <- d$y - 0.5 * d$y0
  d$y <- round(d$y - 0.6 * inside * (ave(left, ifelse(inside, d$group, d$id)) - mean(left[inside])), 4)
  d
}
invisible(write_fixture(unlike(41, c(3, 4, 5, 5, 6, 7, 7, 8, 9, 11, 12, 4), 70, c(1, 2)), "negative_m1_unbalanced.csv"))
invisible(write_fixture(unlike(42, rep(8, 16), 128, c(2, 1)), "negative_m1_balanced.csv"))
cases <- list(case_gls("negative_m1_unbalanced.csv", -0.02), case_gls("negative_m1_balanced.csv", -0.02),
              case_gls("hetero_m1_boundary.csv", -0.05), case_gls("m1_unbalanced.csv", 0.1),
              case_gls("hetero_m1_noisy_group.csv", 0.1))
write_cases(cases, "make_negative.R", "negative.json")
