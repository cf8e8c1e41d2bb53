//! Answers beside what came true: what calibration learns from and metrics judge.

/// Probabilities of rows over classes, and the class that each row turned out to be.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    probabilities: &'a [f64],
    labels: &'a [usize],
    classes: usize,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScoredError {
    #[error("{0} classes, where two are the least")]
    Classes(usize),
    #[error("{found} probabilities for {rows} rows of {classes} classes")]
    Shape { found: usize, rows: usize, classes: usize },
    #[error("there is no row")]
    Empty,
    #[error("row {row} is of class {label} of {classes}")]
    Label { row: usize, label: usize, classes: usize },
    #[error("row {row} has the probability {value}")]
    Probability { row: usize, value: f64 },
    #[error("the probabilities of row {row} add up to {sum}")]
    Sum { row: usize, sum: f64 },
}

/// By how much the probabilities of a row may miss 1: what single precision costs.
const SLACK: f64 = 1e-4;

impl<'a> Scored<'a> {
    /// `probabilities` row by row, those of two classes as two columns; each row adds up to 1.
    pub fn new(
        probabilities: &'a [f64],
        labels: &'a [usize],
        classes: usize,
    ) -> Result<Scored<'a>, ScoredError> {
        if classes < 2 {
            return Err(ScoredError::Classes(classes));
        }
        if labels.is_empty() {
            return Err(ScoredError::Empty);
        }
        if labels.len().checked_mul(classes) != Some(probabilities.len()) {
            let (found, rows) = (probabilities.len(), labels.len());
            return Err(ScoredError::Shape { found, rows, classes });
        }
        let scored = Scored { probabilities, labels, classes };
        for (row, (of_row, label)) in scored.rows().enumerate() {
            check(row, of_row, label, classes)?;
        }
        Ok(scored)
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Never: see `new`.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    pub fn labels(&self) -> &'a [usize] {
        self.labels
    }

    /// Probabilities and class of each row.
    pub fn rows(&self) -> impl Iterator<Item = (&'a [f64], usize)> + use<'a> {
        self.probabilities.chunks_exact(self.classes).zip(self.labels.iter().copied())
    }

    /// The probability of one class, and whether it was that, of each row.
    pub fn of_class(&self, class: usize) -> impl Iterator<Item = (f64, bool)> + use<'a> {
        let pick = move |row: &[f64]| row.get(class).copied().unwrap_or(0.0);
        self.rows().map(move |(row, label)| (pick(row), label == class))
    }
}

fn check(row: usize, of_row: &[f64], label: usize, classes: usize) -> Result<(), ScoredError> {
    if label >= classes {
        return Err(ScoredError::Label { row, label, classes });
    }
    if let Some(value) = of_row.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(ScoredError::Probability { row, value: *value });
    }
    let sum: f64 = of_row.iter().sum();
    if (sum - 1.0).abs() > SLACK { Err(ScoredError::Sum { row, sum }) } else { Ok(()) }
}

/// The likeliest class, the first of equals, and its probability.
pub fn likeliest(probabilities: &[f64]) -> (usize, f64) {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, p) in probabilities.iter().enumerate() {
        if *p > best.1 {
            best = (class, *p);
        }
    }
    best
}
