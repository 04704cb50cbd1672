//! A screenshot as a small file: the colours of a page are few, and no eye finds the ones that are left out.

use std::collections::HashMap;

use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Transformations};

/// What fits into one byte of a pixel.
const MOST_COLOURS: usize = 256;

type Colour = [u8; 3];

/// The same picture with at most 256 colours, as a PNG with a palette.
///
/// The most frequent colours stay exactly as they are: grounds and text. Every other one, at the edges of letters,
/// becomes the nearest of them.
///
/// # Errors
/// What came is no PNG.
pub fn shrink(screenshot: &[u8]) -> Result<Vec<u8>, String> {
    let (width, height, pixels) = read(screenshot)?;
    let mut counts: HashMap<Colour, usize> = HashMap::new();
    for pixel in &pixels {
        *counts.entry(*pixel).or_default() += 1;
    }
    let mut palette: Vec<(Colour, usize)> = counts.into_iter().collect();
    // The colour itself decides between equals: the same page gives the same file.
    palette.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    let mut places: HashMap<Colour, u8> = HashMap::new();
    for (place, (colour, _)) in palette.iter().enumerate() {
        let nearest = || {
            let kept = palette.iter().take(MOST_COLOURS).enumerate();
            kept.min_by_key(|(_, kept)| distance(kept.0, *colour)).map_or(0, |(place, _)| place)
        };
        let place = if place < MOST_COLOURS {
            place
        } else {
            nearest()
        };
        places.insert(*colour, u8::try_from(place).unwrap_or_default());
    }
    palette.truncate(MOST_COLOURS);
    let colours: Vec<u8> = palette.iter().flat_map(|(colour, _)| *colour).collect();
    let indexed: Vec<u8> =
        pixels.iter().map(|pixel| places.get(pixel).copied().unwrap_or_default()).collect();
    write((width, height), colours, &indexed).map_err(|trouble| trouble.to_string())
}

/// How far apart two colours look, roughly.
fn distance(one: Colour, other: Colour) -> u32 {
    one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

fn read(screenshot: &[u8]) -> Result<(u32, u32, Vec<Colour>), String> {
    let mut decoder = Decoder::new(std::io::Cursor::new(screenshot));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|trouble| trouble.to_string())?;
    let mut buffer = vec![0; reader.output_buffer_size().ok_or("the picture is too large")?];
    let frame = reader.next_frame(&mut buffer).map_err(|trouble| trouble.to_string())?;
    let step = match frame.color_type {
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        other => return Err(format!("a screenshot in {other:?}")),
    };
    let pixels = buffer.chunks_exact(step).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Ok((frame.width, frame.height, pixels))
}

fn write(
    (width, height): (u32, u32),
    colours: Vec<u8>,
    indexed: &[u8],
) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(colours);
    encoder.set_compression(Compression::High);
    // Rows of numbers that stand for colours have nothing to subtract.
    encoder.set_filter(Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(indexed)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of one row.
    fn picture(pixels: &[Colour]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, u32::try_from(pixels.len()).unwrap(), 1);
        encoder.set_color(ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels.as_flattened()).unwrap();
        writer.finish().unwrap();
        file
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        let pixels = [
            [255, 255, 255],
            [196, 30, 58],
            [5, 80, 174],
            [255, 255, 255],
        ];
        let small = shrink(&picture(&pixels)).unwrap();
        assert_eq!(read(&small).unwrap(), (4, 1, pixels.to_vec()));
    }

    #[test]
    fn of_many_colours_the_rare_ones_become_their_neighbours() {
        let mut pixels: Vec<Colour> = (0..=255).map(|red| [red, 0, 0]).collect();
        pixels.extend(pixels.clone());
        pixels.push([200, 1, 0]);
        let (_, _, small) = read(&shrink(&picture(&pixels)).unwrap()).unwrap();
        assert_eq!(small[..512], pixels[..512]);
        assert_eq!(small[512], [200, 0, 0]);
    }
}
