//! Predicted probabilities with true classes, the input of calibration and metrics.

/// Rows of predicted class probabilities, each with its true class (label).
#[derive(Debug, Clone, Copy)]
pub struct ScoredRows<'a> {
    probabilities: &'a [f64],
    labels: &'a [usize],
    classes: usize,
}

/// Why probabilities and labels do not fit together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScoredRowsError {
    /// Fewer than two classes.
    #[error("the number of classes must be at least 2, got {0}")]
    Classes(usize),
    /// The number of probabilities is not rows times classes.
    #[error("got {found} probabilities for {rows} rows of {classes} classes")]
    Shape {
        /// Number of probabilities.
        found: usize,
        /// Number of rows.
        rows: usize,
        /// Number of classes.
        classes: usize,
    },
    /// There is nothing to evaluate.
    #[error("there are no rows")]
    Empty,
    /// A label is not the index of a class.
    #[error("the label of row {row} must be less than {classes}, got {label}")]
    Label {
        /// Index of the row.
        row: usize,
        /// Its label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A probability is out of range.
    #[error("the probabilities of row {row} must be between 0 and 1, got {value}")]
    Probability {
        /// Index of the row.
        row: usize,
        /// The probability.
        value: f64,
    },
    /// The probabilities of a row do not add up to 1.
    #[error("the probabilities of row {row} must add up to 1, got {sum}")]
    Sum {
        /// Index of the row.
        row: usize,
        /// Their sum.
        sum: f64,
    },
}

/// How far the sum of a row may be from 1, to allow for single precision.
const SUM_TOLERANCE: f64 = 1e-4;

impl<'a> ScoredRows<'a> {
    /// Checks and combines probabilities and labels. `probabilities` has one value per row and class,
    /// row by row, also for two classes.
    pub fn new(
        probabilities: &'a [f64],
        labels: &'a [usize],
        classes: usize,
    ) -> Result<ScoredRows<'a>, ScoredRowsError> {
        if classes < 2 {
            return Err(ScoredRowsError::Classes(classes));
        }
        if labels.is_empty() {
            return Err(ScoredRowsError::Empty);
        }
        if labels.len().checked_mul(classes) != Some(probabilities.len()) {
            let (found, rows) = (probabilities.len(), labels.len());
            return Err(ScoredRowsError::Shape { found, rows, classes });
        }
        let scored = ScoredRows { probabilities, labels, classes };
        for (row, (probabilities, label)) in scored.rows().enumerate() {
            check_row(row, probabilities, label, classes)?;
        }
        Ok(scored)
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Always false, because `new` rejects an empty input.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The true class of each row.
    pub fn labels(&self) -> &'a [usize] {
        self.labels
    }

    /// The probabilities and the label of each row.
    pub fn rows(&self) -> impl Iterator<Item = (&'a [f64], usize)> + use<'a> {
        self.probabilities.chunks_exact(self.classes).zip(self.labels.iter().copied())
    }

    /// For each row, the probability of one class and whether it is the label.
    pub fn class_scores(&self, class: usize) -> impl Iterator<Item = (f64, bool)> + use<'a> {
        let probability = move |row: &[f64]| row.get(class).copied().unwrap_or(0.0);
        self.rows().map(move |(row, label)| (probability(row), label == class))
    }
}

fn check_row(
    row: usize,
    probabilities: &[f64],
    label: usize,
    classes: usize,
) -> Result<(), ScoredRowsError> {
    if label >= classes {
        return Err(ScoredRowsError::Label { row, label, classes });
    }
    if let Some(value) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(ScoredRowsError::Probability { row, value: *value });
    }
    let sum: f64 = probabilities.iter().sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE { Err(ScoredRowsError::Sum { row, sum }) } else { Ok(()) }
}

/// The most likely class and its probability. Of equal probabilities, the first class wins.
pub fn most_likely_class(probabilities: &[f64]) -> (usize, f64) {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, p) in probabilities.iter().enumerate() {
        if *p > best.1 {
            best = (class, *p);
        }
    }
    best
}
