//! Draws the notes of several parts: `draw server.json client.json > picture.svg`. With `--text`, as text.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cast = picture::Cast::pair();
    let (text, files): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|word| word == "--text");
    let told = files.iter().map(|file| Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?));
    let flows = picture::flows(told.collect::<Result<_, Box<dyn std::error::Error>>>()?, &cast);
    let flow = flows.flows.last().ok_or("there is no flow in these notes")?;
    let style = picture::Style {
        title: "A login".into(),
        description: "Every message of one login, in order.".into(),
        deeds: true,
    };
    match text.is_empty() {
        true => print!("{}", picture::drawing(flow, &cast, &style)),
        false => print!("{}", picture::text(flow, &cast)),
    }
    Ok(())
}
