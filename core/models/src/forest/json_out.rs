//! Writes JSON.

use super::write::Format;
use std::io::Write;

#[derive(Default)]
pub struct Json {
    bytes: Vec<u8>,
}

impl Json {
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Writes a comma, unless the next item is the first of its object or array or follows its key.
    fn write_separator(&mut self) {
        if !matches!(self.bytes.last(), None | Some(b'{' | b'[' | b':')) {
            self.bytes.push(b',');
        }
    }

    fn push(&mut self, value: impl serde::Serialize) {
        self.write_separator();
        // Writing numbers and strings to memory cannot fail.
        let _ = serde_json::to_writer(&mut self.bytes, &value);
    }

    fn list<T: serde::Serialize>(&mut self, list: &[T]) {
        self.begin_array(list.len());
        list.iter().for_each(|value| self.push(value));
        self.end_array();
    }
}

impl Format for Json {
    fn begin_object(&mut self) {
        self.write_separator();
        self.bytes.push(b'{');
    }

    fn end_object(&mut self) {
        self.bytes.push(b'}');
    }

    fn begin_array(&mut self, _: usize) {
        self.write_separator();
        self.bytes.push(b'[');
    }

    fn end_array(&mut self) {
        self.bytes.push(b']');
    }

    fn key(&mut self, key: &str) {
        self.push(key);
        self.bytes.push(b':');
    }

    fn text(&mut self, text: &str) {
        self.push(text);
    }

    fn integer(&mut self, number: i32) {
        self.write_separator();
        let _ = write!(self.bytes, "{number}");
    }

    fn bytes(&mut self, list: &[u8]) {
        self.list(list);
    }

    fn integers(&mut self, list: &[i32]) {
        self.list(list);
    }

    fn longs(&mut self, list: &[i64]) {
        self.list(list);
    }

    fn floats(&mut self, list: &[f32]) {
        self.list(list);
    }

    fn length(&self) -> usize {
        self.bytes.len()
    }
}
