//! Degrees, minutes and seconds run together: `DDMMSSN`, `DDDMMSSW`.

/// Coordinate text taken apart: its digits, its axis and its sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'r> {
    digits: &'r [u8],
    pub axis: Axis,
    negative: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Latitude,
    Longitude,
}

impl Axis {
    fn most_degrees(self) -> u32 {
        match self {
            Axis::Latitude => 90,
            Axis::Longitude => 180,
        }
    }

    fn degree_digits(self) -> usize {
        match self {
            Axis::Latitude => 2,
            Axis::Longitude => 3,
        }
    }
}

impl<'r> Written<'r> {
    /// Five to seven digits and a capital hemisphere.
    pub fn read(text: &'r str) -> Option<Written<'r>> {
        let (hemisphere, digits) = text.as_bytes().split_last()?;
        let (axis, negative) = match hemisphere {
            b'N' => (Axis::Latitude, false),
            b'S' => (Axis::Latitude, true),
            b'E' => (Axis::Longitude, false),
            b'W' => (Axis::Longitude, true),
            _ => return None,
        };
        let lengths = 5..=4 + axis.degree_digits();
        let fits = lengths.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        fits.then_some(Written { digits, axis, negative })
    }

    /// As it stands: the last two digits are seconds, the two before them minutes. Sixty seconds
    /// are read too, which rounding has left in some values.
    pub fn standard(self) -> Option<f64> {
        let (rest, seconds) = self.digits.split_last_chunk::<2>()?;
        let (degrees, minutes) = rest.split_last_chunk::<2>()?;
        self.degrees(number(degrees), number(minutes), number(seconds), 60)
    }

    /// Every other way to read it, taking it as parts that were joined without padding and then
    /// padded on the left.
    pub fn joined(self) -> impl Iterator<Item = f64> {
        let zeros = self.digits.iter().take_while(|b| **b == b'0').count();
        let joined = (0..=zeros).filter_map(move |n| self.digits.get(n..));
        joined.flat_map(move |digits| self.splits(digits))
    }

    fn splits(self, digits: &'r [u8]) -> impl Iterator<Item = f64> {
        let lengths = (1..=self.axis.degree_digits()).flat_map(|d| [(d, 1), (d, 2)]);
        lengths.filter_map(move |(degrees, minutes)| {
            let (degrees, rest) = digits.split_at_checked(degrees)?;
            let (minutes, seconds) = rest.split_at_checked(minutes)?;
            let parts = [degrees, minutes, seconds];
            if seconds.len() > 2 || !parts.into_iter().all(is_unpadded) {
                return None;
            }
            self.degrees(number(degrees), number(minutes), number(seconds), 59)
        })
    }

    /// All that it can mean: as it stands, and split otherwise if it may have been joined or
    /// means nothing as it stands.
    pub fn readings(self, may_be_joined: bool) -> Vec<f64> {
        let standard = self.standard();
        let mut readings: Vec<f64> = standard.into_iter().collect();
        if may_be_joined || standard.is_none() {
            for reading in self.joined() {
                if !readings.contains(&reading) {
                    readings.push(reading);
                }
            }
        }
        readings
    }

    fn degrees(self, degrees: u32, minutes: u32, seconds: u32, most_seconds: u32) -> Option<f64> {
        let seconds_in_all = degrees * 3600 + minutes * 60 + seconds;
        let exists = minutes < 60
            && seconds <= most_seconds
            && seconds_in_all <= self.axis.most_degrees() * 3600;
        let size = f64::from(seconds_in_all) / 3600.0;
        exists.then_some(if self.negative && seconds_in_all > 0 { -size } else { size })
    }
}

/// A number as it is written without padding.
fn is_unpadded(digits: &[u8]) -> bool {
    matches!(digits, [_] | [b'1'..=b'9', ..])
}

/// The number of at most seven digits.
fn number(digits: &[u8]) -> u32 {
    digits.iter().take(7).fold(0, |n, b| n * 10 + u32::from(b.wrapping_sub(b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<f64> {
        let mut found = Written::read(text).map_or(Vec::new(), |w| w.readings(true));
        found.sort_by(f64::total_cmp);
        found
    }

    fn at(degrees: u32, minutes: u32, seconds: u32) -> f64 {
        f64::from(degrees * 3600 + minutes * 60 + seconds) / 3600.0
    }

    #[test]
    fn every_way_to_split() {
        assert_eq!(all("425959N"), [at(42, 59, 59)]);
        assert_eq!(all("038752N"), [at(38, 7, 52)]);
        assert_eq!(all("034128N"), [at(3, 41, 28), at(34, 1, 28), at(34, 12, 8)]);
        assert_eq!(all("0009500W"), [-at(95, 0, 0), -at(9, 50, 0)]);
        assert_eq!(all("1203005W"), [-at(120, 30, 5)]);
        assert_eq!(all("9000001N"), Vec::<f64>::new());
    }

    #[test]
    fn what_is_no_coordinate() {
        for text in ["", "N", "93;3710W", "4259N", "42595900N", "425959", "425959X", "4259é9N"] {
            assert!(Written::read(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_padded_value_reads_back(d in 0_u32..90, m in 0_u32..60, s in 0_u32..60) {
            let lat = format!("{d:02}{m:02}{s:02}S");
            prop_assert_eq!(Written::read(&lat).and_then(Written::standard), Some(0.0 - at(d, m, s)));
            let lon = format!("{d:03}{m:02}{s:02}E");
            prop_assert_eq!(Written::read(&lon).and_then(Written::standard), Some(at(d, m, s)));
        }

        #[test]
        fn a_joined_value_is_among_its_readings(d in 0_u32..180, m in 0_u32..60, s in 0_u32..60) {
            let lon = format!("{:0>7}W", format!("{d}{m}{s}"));
            prop_assert!(all(&lon).contains(&(0.0 - at(d, m, s))), "{}", lon);
            if d < 90 {
                let lat = format!("{:0>6}N", format!("{d}{m}{s}"));
                prop_assert!(all(&lat).contains(&at(d, m, s)), "{}", lat);
            }
        }
    }
}
