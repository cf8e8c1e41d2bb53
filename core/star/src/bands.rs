//! Bands of numbers for dimensions: few, with bounds that pilots and rules use.

/// One scale. A value is of the last band whose lower bound it reaches.
pub struct Scale {
    pub name: &'static str,
    /// Values outside are errors and of no band.
    pub least: f64,
    pub most: f64,
    /// Lower bound and label of each band after the first.
    first: &'static str,
    rest: &'static [(f64, &'static str)],
}

pub struct Band {
    pub label: &'static str,
    /// Included.
    pub from: f64,
    /// Not included, but for the last of a scale.
    pub to: f64,
}

pub const SCALES: &[Scale] = &[
    Scale {
        name: "age",
        least: 10.0,
        most: 110.0,
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
        least: 0.0,
        most: 100_000.0,
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
        least: 0.0,
        most: 100_000.0,
        first: "under 10",
        rest: &[
            (10.0, "10-49"),
            (50.0, "50-99"),
            (100.0, "100-499"),
            (500.0, "500-999"),
            (1_000.0, "1000 and over"),
        ],
    },
    // 14 CFR 91.155: visual flight needs 3 miles in most airspace, 1 in some.
    Scale {
        name: "visibility_sm",
        least: 0.0,
        most: 200.0,
        first: "under 1",
        rest: &[(1.0, "1-2"), (3.0, "3-4"), (5.0, "5-9"), (10.0, "10 and over")],
    },
    Scale {
        name: "wind_kts",
        least: 0.0,
        most: 200.0,
        first: "0-4",
        rest: &[(5.0, "5-9"), (10.0, "10-14"), (15.0, "15-24"), (25.0, "25 and over")],
    },
    Scale {
        name: "temp_c",
        least: -70.0,
        most: 60.0,
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
    pub fn find(name: &str) -> Option<&'static Scale> {
        SCALES.iter().find(|scale| scale.name == name)
    }

    /// `None` for what no such quantity can be.
    pub fn label(&self, value: f64) -> Option<&'static str> {
        if !(self.least..=self.most).contains(&value) {
            return None;
        }
        let reached = self.rest.iter().rev().find(|(from, _)| value >= *from);
        Some(reached.map_or(self.first, |(_, label)| label))
    }

    pub fn bands(&self) -> Vec<Band> {
        let begins = [(self.least, self.first)].into_iter().chain(self.rest.iter().copied());
        let ends = self.rest.iter().map(|(from, _)| *from).chain([self.most]);
        begins.zip(ends).map(|((from, label), to)| Band { label, from, to }).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_value_is_of_the_band_whose_bounds_hold_it() {
        for scale in SCALES {
            let bands = scale.bands();
            for (number, band) in bands.iter().enumerate() {
                assert!(band.from < band.to, "{}: {}", scale.name, band.label);
                assert_eq!(scale.label(band.from), Some(band.label), "{}", scale.name);
                let before_end = band.to - 1e-9 * band.to.abs().max(1.0);
                assert_eq!(scale.label(before_end), Some(band.label), "{}", scale.name);
                assert!(bands.iter().skip(number + 1).all(|other| other.label != band.label));
            }
            assert_eq!(scale.label(scale.most), bands.last().map(|band| band.label));
            for outside in [scale.least - 1.0, scale.most + 1.0, f64::NAN, f64::INFINITY] {
                assert_eq!(scale.label(outside), None, "{} {outside}", scale.name);
            }
        }
    }

    #[test]
    fn bounds_belong_to_the_upper_band() {
        let label = |scale, value| Scale::find(scale).unwrap().label(value);
        assert_eq!(label("total_hours", 99.9), Some("under 100"));
        assert_eq!(label("total_hours", 100.0), Some("100-249"));
        assert_eq!(label("age", 215.0), None);
        assert_eq!(label("visibility_sm", 2.5), Some("1-2"));
        assert!(Scale::find("shoe_size").is_none());
    }
}
