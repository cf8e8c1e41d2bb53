mod golden;
mod hostile;
mod random_forests;
mod versions;
mod xgboost_equality;
