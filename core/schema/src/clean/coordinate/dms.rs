//! Parses degrees, minutes and seconds as digits: `DDMMSSN`, `DDDMMSSW`.

/// Coordinate text, split into digits, axis and sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct DmsText<'r> {
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
    fn max_degrees(self) -> u32 {
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

impl<'r> DmsText<'r> {
    /// Parses five to seven digits and a hemisphere in upper case.
    pub fn parse(text: &'r str) -> Option<DmsText<'r>> {
        let (hemisphere, digits) = text.as_bytes().split_last()?;
        let (axis, negative) = match hemisphere {
            b'N' => (Axis::Latitude, false),
            b'S' => (Axis::Latitude, true),
            b'E' => (Axis::Longitude, false),
            b'W' => (Axis::Longitude, true),
            _ => return None,
        };
        let lengths = 5..=4 + axis.degree_digits();
        let is_valid = lengths.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        is_valid.then_some(DmsText { digits, axis, negative })
    }

    /// Reads padded digits: the last two are seconds, the two before them minutes. Accepts 60 seconds,
    /// which some values contain because of rounding.
    pub fn read_padded(self) -> Option<f64> {
        let (rest, seconds) = self.digits.split_last_chunk::<2>()?;
        let (degrees, minutes) = rest.split_last_chunk::<2>()?;
        self.degrees(number(degrees), number(minutes), number(seconds), 60)
    }

    /// Reads the digits in every other way, as parts that were joined without padding and then padded
    /// on the left.
    pub fn read_joined(self) -> impl Iterator<Item = f64> {
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

    /// All values that the text can mean. Joined digits are considered if the text may be joined or is
    /// not valid as padded digits.
    pub fn all_readings(self, may_be_joined: bool) -> Vec<f64> {
        let padded = self.read_padded();
        let mut readings: Vec<f64> = padded.into_iter().collect();
        if may_be_joined || padded.is_none() {
            for reading in self.read_joined() {
                if !readings.contains(&reading) {
                    readings.push(reading);
                }
            }
        }
        readings
    }

    fn degrees(self, degrees: u32, minutes: u32, seconds: u32, max_seconds: u32) -> Option<f64> {
        let total_seconds = degrees * 3600 + minutes * 60 + seconds;
        let is_valid = minutes < 60
            && seconds <= max_seconds
            && total_seconds <= self.axis.max_degrees() * 3600;
        let size = f64::from(total_seconds) / 3600.0;
        is_valid.then_some(if self.negative && total_seconds > 0 { -size } else { size })
    }
}

/// Whether digits are a number without padding.
fn is_unpadded(digits: &[u8]) -> bool {
    matches!(digits, [_] | [b'1'..=b'9', ..])
}

/// Parses at most seven digits.
fn number(digits: &[u8]) -> u32 {
    digits.iter().take(7).fold(0, |n, b| n * 10 + u32::from(b.wrapping_sub(b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn readings(text: &str) -> Vec<f64> {
        let mut readings = DmsText::parse(text).map_or(Vec::new(), |t| t.all_readings(true));
        readings.sort_by(f64::total_cmp);
        readings
    }

    fn dms(degrees: u32, minutes: u32, seconds: u32) -> f64 {
        f64::from(degrees * 3600 + minutes * 60 + seconds) / 3600.0
    }

    #[test]
    fn splits_digits_in_every_way() {
        assert_eq!(readings("425959N"), [dms(42, 59, 59)]);
        assert_eq!(readings("038752N"), [dms(38, 7, 52)]);
        assert_eq!(readings("034128N"), [dms(3, 41, 28), dms(34, 1, 28), dms(34, 12, 8)]);
        assert_eq!(readings("0009500W"), [-dms(95, 0, 0), -dms(9, 50, 0)]);
        assert_eq!(readings("1203005W"), [-dms(120, 30, 5)]);
        assert_eq!(readings("9000001N"), Vec::<f64>::new());
    }

    #[test]
    fn rejects_other_text() {
        for text in ["", "N", "93;3710W", "4259N", "42595900N", "425959", "425959X", "4259é9N"] {
            assert!(DmsText::parse(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn padded_value_round_trips(d in 0_u32..90, m in 0_u32..60, s in 0_u32..60) {
            let lat = format!("{d:02}{m:02}{s:02}S");
            prop_assert_eq!(DmsText::parse(&lat).and_then(DmsText::read_padded), Some(0.0 - dms(d, m, s)));
            let lon = format!("{d:03}{m:02}{s:02}E");
            prop_assert_eq!(DmsText::parse(&lon).and_then(DmsText::read_padded), Some(dms(d, m, s)));
        }

        #[test]
        fn joined_value_is_among_its_readings(d in 0_u32..180, m in 0_u32..60, s in 0_u32..60) {
            let lon = format!("{:0>7}W", format!("{d}{m}{s}"));
            prop_assert!(readings(&lon).contains(&(0.0 - dms(d, m, s))), "{}", lon);
            if d < 90 {
                let lat = format!("{:0>6}N", format!("{d}{m}{s}"));
                prop_assert!(readings(&lat).contains(&dms(d, m, s)), "{}", lat);
            }
        }
    }
}
