//! A serde deserializer of UBJSON (Universal Binary JSON) as written by XGBoost: big-endian, with typed
//! arrays.
//!
//! It reads untrusted input. Every length is compared with the remaining bytes before anything is
//! allocated, arrays of elements without bytes are rejected, and nesting is limited.

use super::error::ForestError;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// Maximum nesting. A model has seven levels.
const MAX_DEPTH: u32 = 32;

pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, offset: 0, depth: 0 }
    }

    /// Fails if bytes follow the document.
    pub fn expect_end(&self) -> Result<(), ForestError> {
        if self.remaining() == 0 { Ok(()) } else { Err(self.error("bytes after the end")) }
    }

    fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.offset)
    }

    fn error(&self, what: impl std::fmt::Display) -> ForestError {
        ForestError::malformed(self.offset, what)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], ForestError> {
        let end = self.offset.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.offset..end));
        let taken = taken.ok_or_else(|| {
            self.error(format_args!("expected {count} bytes, {} remain", self.remaining()))
        })?;
        self.offset += count;
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], ForestError> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| self.error("unexpected end"))
    }

    fn peek(&self) -> Result<u8, ForestError> {
        self.bytes.get(self.offset).copied().ok_or_else(|| self.error("unexpected end"))
    }

    fn take_marker(&mut self) -> Result<u8, ForestError> {
        let marker = self.peek()?;
        self.offset += 1;
        Ok(marker)
    }

    fn skip_if(&mut self, marker: u8) -> Result<bool, ForestError> {
        let is_next = self.peek()? == marker;
        self.offset += usize::from(is_next);
        Ok(is_next)
    }

    fn read_integer(&mut self, marker: u8) -> Result<i64, ForestError> {
        Ok(match marker {
            b'i' => i8::from_be_bytes(self.take_array()?).into(),
            b'U' => u8::from_be_bytes(self.take_array()?).into(),
            b'I' => i16::from_be_bytes(self.take_array()?).into(),
            b'l' => i32::from_be_bytes(self.take_array()?).into(),
            b'L' => i64::from_be_bytes(self.take_array()?),
            other => {
                let message =
                    format_args!("expected the marker of an integer, got {}", quote(other));
                return Err(self.error(message));
            }
        })
    }

    fn read_length(&mut self) -> Result<usize, ForestError> {
        let marker = self.take_marker()?;
        let length = self.read_integer(marker)?;
        let valid = usize::try_from(length).ok().filter(|n| *n <= self.remaining());
        valid.ok_or_else(|| self.error(format_args!("invalid length {length}")))
    }

    fn read_text(&mut self) -> Result<&'a str, ForestError> {
        let length = self.read_length()?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.error("a string is not UTF-8"))
    }

    /// Calls `read` one nesting level deeper.
    fn read_nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ForestError>,
    ) -> Result<T, ForestError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(format_args!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn read_value<V: Visitor<'a>>(
        &mut self,
        marker: u8,
        visitor: V,
    ) -> Result<V::Value, ForestError> {
        match marker {
            b'{' => self.read_nested(|r| r.read_object(visitor)),
            b'[' => self.read_nested(|r| r.read_array(visitor)),
            b'S' => visitor.visit_borrowed_str(self.read_text()?),
            b'd' => visitor.visit_f32(f32::from_be_bytes(self.take_array()?)),
            b'D' => visitor.visit_f64(f64::from_be_bytes(self.take_array()?)),
            b'T' => visitor.visit_bool(true),
            b'F' => visitor.visit_bool(false),
            b'Z' => visitor.visit_unit(),
            other => visitor.visit_i64(self.read_integer(other)?),
        }
    }

    fn read_array<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, ForestError> {
        let mut elements = Elements { marker: None, remaining: None, reader: self };
        if elements.reader.skip_if(b'$')? {
            elements.marker = Some(elements.read_element_marker()?);
        }
        if elements.reader.skip_if(b'#')? {
            elements.remaining = Some(elements.read_count()?);
        } else if elements.marker.is_some() {
            return Err(elements.reader.error("a typed array has no count"));
        }
        let value = visitor.visit_seq(&mut elements)?;
        elements.skip_rest()?;
        Ok(value)
    }

    fn read_object<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, ForestError> {
        if matches!(self.peek()?, b'$' | b'#') {
            return Err(self.error("objects with a type or count are not supported"));
        }
        visitor.visit_map(Members { reader: self })
    }
}

fn quote(marker: u8) -> String {
    format!("{:?}", char::from(marker))
}

struct Elements<'r, 'a> {
    /// The type of all elements, if the array is typed.
    marker: Option<u8>,
    /// The number of remaining elements, if the array has a count.
    remaining: Option<usize>,
    reader: &'r mut Reader<'a>,
}

impl Elements<'_, '_> {
    fn read_element_marker(&mut self) -> Result<u8, ForestError> {
        let marker = self.reader.take_marker()?;
        element_width(marker).map(|_| marker).ok_or_else(|| {
            let quoted = quote(marker);
            self.reader.error(format_args!("typed arrays of {quoted} are not supported"))
        })
    }

    /// Reads the number of elements, which the remaining bytes must be able to hold.
    fn read_count(&mut self) -> Result<usize, ForestError> {
        let marker = self.reader.take_marker()?;
        let count = self.reader.read_integer(marker)?;
        let width = self.marker.and_then(element_width).unwrap_or(1);
        let max = self.reader.remaining() / width;
        let valid = usize::try_from(count).ok().filter(|n| *n <= max);
        valid.ok_or_else(|| self.reader.error(format_args!("invalid array length {count}")))
    }

    /// Skips the elements that the visitor did not read.
    fn skip_rest(&mut self) -> Result<(), ForestError> {
        if let (Some(marker), Some(remaining)) = (self.marker, self.remaining) {
            self.reader.take(remaining.saturating_mul(element_width(marker).unwrap_or(1)))?;
            return Ok(());
        }
        while self.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// The size in bytes of an element of a typed array, if it is fixed.
fn element_width(marker: u8) -> Option<usize> {
    Some(match marker {
        b'i' | b'U' => 1,
        b'I' => 2,
        b'l' | b'd' => 4,
        b'L' | b'D' => 8,
        _ => return None,
    })
}

impl<'a> SeqAccess<'a> for Elements<'_, 'a> {
    type Error = ForestError;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ForestError> {
        match &mut self.remaining {
            Some(0) => return Ok(None),
            Some(remaining) => *remaining -= 1,
            None if self.reader.skip_if(b']')? => {
                self.remaining = Some(0);
                return Ok(None);
            }
            None => {}
        }
        let marker = match self.marker {
            Some(marker) => marker,
            None => self.reader.take_marker()?,
        };
        seed.deserialize(Value { marker, reader: self.reader }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        self.remaining
    }
}

struct Members<'r, 'a> {
    reader: &'r mut Reader<'a>,
}

impl<'a> MapAccess<'a> for Members<'_, 'a> {
    type Error = ForestError;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ForestError> {
        if self.reader.skip_if(b'}')? {
            return Ok(None);
        }
        let key = self.reader.read_text()?;
        seed.deserialize(serde::de::value::BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, ForestError> {
        let marker = self.reader.take_marker()?;
        seed.deserialize(Value { marker, reader: self.reader })
    }
}

/// A value whose marker has been read.
struct Value<'r, 'a> {
    marker: u8,
    reader: &'r mut Reader<'a>,
}

impl<'de> Deserializer<'de> for Value<'_, 'de> {
    type Error = ForestError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ForestError> {
        self.reader.read_value(self.marker, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ForestError> {
        visitor.visit_some(self)
    }

    /// Skips a typed array in one step.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ForestError> {
        if self.marker == b'[' && self.reader.peek()? == b'$' {
            return self.reader.read_array(IgnoreElements).and_then(|()| visitor.visit_unit());
        }
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = ForestError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ForestError> {
        let marker = self.take_marker()?;
        self.read_value(marker, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A visitor that reads no element.
struct IgnoreElements;

impl<'a> Visitor<'a> for IgnoreElements {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, _: A) -> Result<(), A::Error> {
        Ok(())
    }
}

impl serde::de::Error for ForestError {
    fn custom<T: std::fmt::Display>(what: T) -> ForestError {
        ForestError::malformed(0, what)
    }
}
