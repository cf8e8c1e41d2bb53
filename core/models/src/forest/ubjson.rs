//! Universal Binary JSON as XGBoost writes it, big-endian and with typed arrays, as a serde format.
//!
//! It reads what others made: every length is held against the bytes that are left before anything is
//! allocated, elements that take no byte are refused, and nesting is bounded.

use super::error::ForestError;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// A model nests seven deep.
const DEEPEST: u32 = 32;

pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0, depth: 0 }
    }

    /// Nothing may follow the document.
    pub fn end(&self) -> Result<(), ForestError> {
        if self.left() == 0 { Ok(()) } else { Err(self.error("bytes after the end")) }
    }

    fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    fn error(&self, what: impl std::fmt::Display) -> ForestError {
        ForestError::malformed(self.at, what)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], ForestError> {
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| {
            self.error(format_args!("{count} bytes should follow, {} do", self.left()))
        })?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ForestError> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| self.error("too short"))
    }

    fn peek(&self) -> Result<u8, ForestError> {
        self.bytes.get(self.at).copied().ok_or_else(|| self.error("it ends too early"))
    }

    fn marker(&mut self) -> Result<u8, ForestError> {
        let marker = self.peek()?;
        self.at += 1;
        Ok(marker)
    }

    fn skip(&mut self, marker: u8) -> Result<bool, ForestError> {
        let found = self.peek()? == marker;
        self.at += usize::from(found);
        Ok(found)
    }

    fn integer(&mut self, marker: u8) -> Result<i64, ForestError> {
        Ok(match marker {
            b'i' => i8::from_be_bytes(self.array()?).into(),
            b'U' => u8::from_be_bytes(self.array()?).into(),
            b'I' => i16::from_be_bytes(self.array()?).into(),
            b'l' => i32::from_be_bytes(self.array()?).into(),
            b'L' => i64::from_be_bytes(self.array()?),
            other => return Err(self.error(format_args!("{} is no integer", name(other)))),
        })
    }

    fn length(&mut self) -> Result<usize, ForestError> {
        let marker = self.marker()?;
        let length = self.integer(marker)?;
        let fits = usize::try_from(length).ok().filter(|n| *n <= self.left());
        fits.ok_or_else(|| self.error(format_args!("a length of {length}")))
    }

    fn text(&mut self) -> Result<&'a str, ForestError> {
        let length = self.length()?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.error("a text that is not UTF-8"))
    }

    /// One level down, for as long as `read` goes.
    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ForestError>,
    ) -> Result<T, ForestError> {
        if self.depth == DEEPEST {
            return Err(self.error("it nests too deep"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn value<V: Visitor<'a>>(&mut self, marker: u8, visitor: V) -> Result<V::Value, ForestError> {
        match marker {
            b'{' => self.nested(|r| r.object(visitor)),
            b'[' => self.nested(|r| r.elements(visitor)),
            b'S' => visitor.visit_borrowed_str(self.text()?),
            b'd' => visitor.visit_f32(f32::from_be_bytes(self.array()?)),
            b'D' => visitor.visit_f64(f64::from_be_bytes(self.array()?)),
            b'T' => visitor.visit_bool(true),
            b'F' => visitor.visit_bool(false),
            b'Z' => visitor.visit_unit(),
            other => visitor.visit_i64(self.integer(other)?),
        }
    }

    fn elements<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, ForestError> {
        let mut elements = Elements { marker: None, left: None, reader: self };
        if elements.reader.skip(b'$')? {
            elements.marker = Some(elements.sized_marker()?);
        }
        if elements.reader.skip(b'#')? {
            elements.left = Some(elements.count()?);
        } else if elements.marker.is_some() {
            return Err(elements.reader.error("a typed array without its count"));
        }
        let value = visitor.visit_seq(&mut elements)?;
        elements.finish()?;
        Ok(value)
    }

    fn object<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, ForestError> {
        if matches!(self.peek()?, b'$' | b'#') {
            return Err(self.error("an object with a count, which XGBoost does not write"));
        }
        visitor.visit_map(Members { reader: self })
    }
}

fn name(marker: u8) -> String {
    format!("{:?}", char::from(marker))
}

struct Elements<'r, 'a> {
    /// The type of all elements, where the array is typed.
    marker: Option<u8>,
    /// How many are to come, where the array says so.
    left: Option<usize>,
    reader: &'r mut Reader<'a>,
}

impl Elements<'_, '_> {
    fn sized_marker(&mut self) -> Result<u8, ForestError> {
        let marker = self.reader.marker()?;
        width(marker)
            .map(|_| marker)
            .ok_or_else(|| self.reader.error(format_args!("a typed array of {}", name(marker))))
    }

    /// Held against the bytes that are left: each element takes at least one.
    fn count(&mut self) -> Result<usize, ForestError> {
        let marker = self.reader.marker()?;
        let count = self.reader.integer(marker)?;
        let width = self.marker.and_then(width).unwrap_or(1);
        let room = self.reader.left() / width;
        let fits = usize::try_from(count).ok().filter(|n| *n <= room);
        fits.ok_or_else(|| self.reader.error(format_args!("an array of {count} elements")))
    }

    /// Goes past elements that nobody asked for.
    fn finish(&mut self) -> Result<(), ForestError> {
        if let (Some(marker), Some(left)) = (self.marker, self.left) {
            self.reader.take(left.saturating_mul(width(marker).unwrap_or(1)))?;
            return Ok(());
        }
        while self.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// The bytes of an element of a typed array, where all have the same number.
fn width(marker: u8) -> Option<usize> {
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
        match &mut self.left {
            Some(0) => return Ok(None),
            Some(left) => *left -= 1,
            None if self.reader.skip(b']')? => {
                self.left = Some(0);
                return Ok(None);
            }
            None => {}
        }
        let marker = match self.marker {
            Some(marker) => marker,
            None => self.reader.marker()?,
        };
        seed.deserialize(Value { marker, reader: self.reader }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        self.left
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
        if self.reader.skip(b'}')? {
            return Ok(None);
        }
        let key = self.reader.text()?;
        seed.deserialize(serde::de::value::BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, ForestError> {
        let marker = self.reader.marker()?;
        seed.deserialize(Value { marker, reader: self.reader })
    }
}

/// A value whose type is known already.
struct Value<'r, 'a> {
    marker: u8,
    reader: &'r mut Reader<'a>,
}

impl<'de> Deserializer<'de> for Value<'_, 'de> {
    type Error = ForestError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ForestError> {
        self.reader.value(self.marker, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ForestError> {
        visitor.visit_some(self)
    }

    /// A typed array that nobody asks for is passed over in one step.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ForestError> {
        if self.marker == b'[' && self.reader.peek()? == b'$' {
            return self.reader.elements(Passed).and_then(|()| visitor.visit_unit());
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
        let marker = self.marker()?;
        self.value(marker, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Asks for no element.
struct Passed;

impl<'a> Visitor<'a> for Passed {
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
