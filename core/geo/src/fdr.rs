//! Many tests at once.

/// The false discovery rate at which each test would just count as a discovery (Benjamini &
/// Hochberg 1995); `None` stays and does not count as a test.
pub fn false_discovery(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut tests: Vec<(f64, usize)> =
        p.iter().enumerate().filter_map(|(at, p)| p.map(|p| (p, at))).collect();
    tests.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut rates = vec![None; p.len()];
    let (count, mut least) = (tests.len() as f64, 1.0f64);
    for (rank, (p, at)) in tests.into_iter().enumerate().rev() {
        // So that the last one is multiplied by exactly one.
        least = least.min(p * (count / (rank + 1) as f64));
        rates[at] = Some(least);
    }
    rates
}
