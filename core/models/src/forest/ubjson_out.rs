//! Writes UBJSON with the types that XGBoost 1.7 expects. It distinguishes typed arrays from others.

use super::write::Format;

#[derive(Default)]
pub struct Ubjson {
    bytes: Vec<u8>,
}

impl Ubjson {
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn write_count(&mut self, count: usize) {
        self.bytes.push(b'L');
        self.bytes.extend_from_slice(&(count as i64).to_be_bytes());
    }

    fn write_typed<T: Copy, const N: usize>(
        &mut self,
        marker: u8,
        list: &[T],
        to_bytes: fn(T) -> [u8; N],
    ) {
        self.bytes.extend_from_slice(&[b'[', b'$', marker, b'#']);
        self.write_count(list.len());
        self.bytes.extend(list.iter().flat_map(|value| to_bytes(*value)));
    }
}

impl Format for Ubjson {
    fn begin_object(&mut self) {
        self.bytes.push(b'{');
    }

    fn end_object(&mut self) {
        self.bytes.push(b'}');
    }

    fn begin_array(&mut self, length: usize) {
        self.bytes.extend_from_slice(b"[#");
        self.write_count(length);
    }

    /// Nothing to write, because the count says where the array ends.
    fn end_array(&mut self) {}

    fn key(&mut self, key: &str) {
        self.write_count(key.len());
        self.bytes.extend_from_slice(key.as_bytes());
    }

    fn text(&mut self, text: &str) {
        self.bytes.push(b'S');
        self.key(text);
    }

    fn integer(&mut self, number: i32) {
        match i8::try_from(number) {
            Ok(small) => self.bytes.extend_from_slice(&[b'i', small.to_be_bytes()[0]]),
            Err(_) => {
                self.bytes.push(b'l');
                self.bytes.extend_from_slice(&number.to_be_bytes());
            }
        }
    }

    fn bytes(&mut self, list: &[u8]) {
        self.write_typed(b'U', list, u8::to_be_bytes);
    }

    fn integers(&mut self, list: &[i32]) {
        self.write_typed(b'l', list, i32::to_be_bytes);
    }

    fn longs(&mut self, list: &[i64]) {
        self.write_typed(b'L', list, i64::to_be_bytes);
    }

    fn floats(&mut self, list: &[f32]) {
        self.write_typed(b'd', list, f32::to_be_bytes);
    }

    fn length(&self) -> usize {
        self.bytes.len()
    }
}
