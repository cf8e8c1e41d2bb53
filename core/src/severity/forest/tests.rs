mod golden;
mod hostile;
mod made_up;
mod peer;
