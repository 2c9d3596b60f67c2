# Fits one model with one R peer: Rscript peers.R PEER MODEL FOLDER REPEATS SECONDS; prints JSON.
suppressPackageStartupMessages({library(lme4); library(nlme); library(jsonlite)})
arguments <- commandArgs(TRUE)
peer <- arguments[1]; model <- arguments[2]; folder <- arguments[3]
repeats <- as.integer(arguments[4]); seconds <- as.numeric(arguments[5])

shape <- fromJSON(file.path(folder, "columns.json"))
column <- function(name) readBin(file.path(folder, paste0(name, ".f64")), "double", shape$rows)
data <- as.data.frame(setNames(lapply(shape$columns, column), shape$columns))
data$group <- factor(data$group); data$participant <- factor(data$participant)
data$condition <- factor(c("anxiety", "mood", "trauma")[data$condition + 1])

fixed <- list(M1 = y ~ arm + y0 + condition, M2 = y ~ arm * time + y0 + condition,
              M3 = y ~ arm + y0 + condition)
fixed$M2s <- fixed$M2
bars <- list(M1 = "(0 + grouped | group)", M3 = "(0 + grouped | group)",
             M2 = "(1 + time | participant) + (0 + grouped | group)",
             M2s = "(1 + time | participant) + (0 + grouped + grouped:time | group)")
whole <- function(name) as.formula(paste(deparse1(fixed[[name]]), "+", bars[[name]]))

summarise <- function(found) list(criterion = as.numeric(-2 * logLik(found)),
                                  arm = unname(fixef(found)["arm"]))
arm_contrast <- function(found) as.numeric(names(fixef(found)) == "arm")
fit <- switch(peer,
  lme4 = function() summarise(lmer(whole(model), data)),
  lmerTest = function() {
    found <- lmerTest::lmer(whole(model), data)
    c(summarise(found), list(df = summary(found)$coefficients["arm", "df"]))
  },
  pbkrtest = function() {
    found <- lmer(whole(model), data)
    adjusted <- pbkrtest::vcovAdj(found)
    c(summarise(found), list(df = pbkrtest::Lb_ddf(arm_contrast(found), vcov(found), adjusted)))
  },
  nlme = function() {
    found <- lme(fixed[[model]], data, random = list(group = pdDiag(~ 0 + grouped)),
                 weights = varIdent(form = ~ 1 | arm), method = "REML")
    summarise(found)
  },
  glmmTMB = function() {
    found <- glmmTMB::glmmTMB(whole(model), data, dispformula = ~ arm, REML = TRUE)
    list(criterion = as.numeric(-2 * logLik(found)), arm = unname(glmmTMB::fixef(found)$cond["arm"]))
  })

if (model == "trials") {
  size <- file.size(file.path(folder, "outcomes.bin")) / 8
  outcomes <- matrix(readBin(file.path(folder, "outcomes.bin"), "double", size), nrow = shape$rows,
                     byrow = TRUE)
  fit <- function() {
    effects <- apply(outcomes, 2, function(y) {
      data$y <- y
      if (peer == "lme4") return(fixef(lmer(whole("M1"), data))["arm"])
      found <- lmerTest::lmer(whole("M1"), data)
      summary(found)$coefficients["arm", "Estimate"]
    })
    list(arm = mean(effects))
  }
}

used <- function() sum(proc.time()[c("user.self", "sys.self")])
times <- c(); found <- list()
while (length(times) < repeats && sum(times) < seconds) {
  start <- used(); found <- suppressMessages(suppressWarnings(fit())); times <- c(times, used() - start)
}
start <- used()
if (model != "trials" && peer %in% c("lme4", "lmerTest")) invisible(lFormula(whole(model), data))
formula <- used() - start
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024
cat(toJSON(c(list(times = I(times), peak_mib = peak, formula = formula), found), auto_unbox = TRUE,
           digits = NA), "\n")
