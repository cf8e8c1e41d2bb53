//! Number bands for dimensions. The bounds are those that pilots and regulations use.

/// A scale of bands. A value is in the last band whose lower bound it reaches.
pub struct Scale {
    /// The name of the scale.
    pub name: &'static str,
    /// The minimum. Values below it are errors and in no band.
    pub min: f64,
    /// The maximum. Values above it are errors and in no band.
    pub max: f64,
    /// The label of the first band.
    first: &'static str,
    /// Lower bound and label of each further band.
    rest: &'static [(f64, &'static str)],
}

/// A band of a scale.
pub struct Band {
    /// The label in the dimension.
    pub label: &'static str,
    /// The lower bound, inclusive.
    pub from: f64,
    /// The upper bound, exclusive except for the last band of a scale.
    pub to: f64,
}

/// All scales.
pub const SCALES: &[Scale] = &[
    Scale {
        name: "age",
        min: 10.0,
        max: 110.0,
        first: "under 20",
        rest: &[
            (20.0, "20-29"),
            (30.0, "30-39"),
            (40.0, "40-49"),
            (50.0, "50-59"),
            (60.0, "60-69"),
            (70.0, "70-79"),
            (80.0, "80 and over"),
        ],
    },
    Scale {
        name: "total_hours",
        min: 0.0,
        max: 100_000.0,
        first: "under 100",
        rest: &[
            (100.0, "100-249"),
            (250.0, "250-499"),
            (500.0, "500-999"),
            (1_000.0, "1000-2499"),
            (2_500.0, "2500-4999"),
            (5_000.0, "5000-9999"),
            (10_000.0, "10000 and over"),
        ],
    },
    Scale {
        name: "make_hours",
        min: 0.0,
        max: 100_000.0,
        first: "under 10",
        rest: &[
            (10.0, "10-49"),
            (50.0, "50-99"),
            (100.0, "100-499"),
            (500.0, "500-999"),
            (1_000.0, "1000 and over"),
        ],
    },
    // 14 CFR 91.155: visual flight requires 3 miles in most airspace and 1 mile in some.
    Scale {
        name: "visibility_sm",
        min: 0.0,
        max: 200.0,
        first: "under 1",
        rest: &[(1.0, "1-2"), (3.0, "3-4"), (5.0, "5-9"), (10.0, "10 and over")],
    },
    Scale {
        name: "wind_kts",
        min: 0.0,
        max: 200.0,
        first: "0-4",
        rest: &[(5.0, "5-9"), (10.0, "10-14"), (15.0, "15-24"), (25.0, "25 and over")],
    },
    Scale {
        name: "temp_c",
        min: -70.0,
        max: 60.0,
        first: "under -10",
        rest: &[
            (-10.0, "-10 to -1"),
            (0.0, "0 to 9"),
            (10.0, "10 to 19"),
            (20.0, "20 to 29"),
            (30.0, "30 and over"),
        ],
    },
];

impl Scale {
    /// Finds a scale by name.
    pub fn find(name: &str) -> Option<&'static Scale> {
        SCALES.iter().find(|scale| scale.name == name)
    }

    /// The label of the band of a value. `None` if the value is outside of the scale.
    pub fn label(&self, value: f64) -> Option<&'static str> {
        if !(self.min..=self.max).contains(&value) {
            return None;
        }
        let reached = self.rest.iter().rev().find(|(from, _)| value >= *from);
        Some(reached.map_or(self.first, |(_, label)| label))
    }

    /// The bands in ascending order.
    pub fn bands(&self) -> Vec<Band> {
        let starts = [(self.min, self.first)].into_iter().chain(self.rest.iter().copied());
        let ends = self.rest.iter().map(|(from, _)| *from).chain([self.max]);
        starts.zip(ends).map(|((from, label), to)| Band { label, from, to }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_agree_with_the_bounds_of_the_bands() {
        for scale in SCALES {
            let bands = scale.bands();
            for (number, band) in bands.iter().enumerate() {
                assert!(band.from < band.to, "{}: {}", scale.name, band.label);
                assert_eq!(scale.label(band.from), Some(band.label), "{}", scale.name);
                let before_end = band.to - 1e-9 * band.to.abs().max(1.0);
                assert_eq!(scale.label(before_end), Some(band.label), "{}", scale.name);
                assert!(bands.iter().skip(number + 1).all(|other| other.label != band.label));
            }
            assert_eq!(scale.label(scale.max), bands.last().map(|band| band.label));
            for outside in [scale.min - 1.0, scale.max + 1.0, f64::NAN, f64::INFINITY] {
                assert_eq!(scale.label(outside), None, "{} {outside}", scale.name);
            }
        }
    }

    #[test]
    fn a_bound_belongs_to_the_band_above() {
        let label = |scale, value| Scale::find(scale).unwrap().label(value);
        assert_eq!(label("total_hours", 99.9), Some("under 100"));
        assert_eq!(label("total_hours", 100.0), Some("100-249"));
        assert_eq!(label("age", 215.0), None);
        assert_eq!(label("visibility_sm", 2.5), Some("1-2"));
        assert!(Scale::find("shoe_size").is_none());
    }
}
