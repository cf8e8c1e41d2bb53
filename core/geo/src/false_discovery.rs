//! Correction for multiple tests.

/// Adjusts p-values to false discovery rates (Benjamini & Hochberg 1995). `None` stays `None` and does
/// not count as a test.
pub fn false_discovery_rates(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut tests: Vec<(f64, usize)> =
        p.iter().enumerate().filter_map(|(index, p)| p.map(|p| (p, index))).collect();
    tests.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut rates = vec![None; p.len()];
    let (count, mut lowest) = (tests.len() as f64, 1.0f64);
    for (rank, (p, index)) in tests.into_iter().enumerate().rev() {
        // The quotient comes first, so that the highest p-value is multiplied by exactly 1.
        lowest = lowest.min(p * (count / (rank + 1) as f64));
        rates[index] = Some(lowest);
    }
    rates
}
