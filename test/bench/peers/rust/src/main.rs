// Enciphers values with the crate fpe, for `npm run bench -- --peers`. Arguments and lines as for the peer in Go.

use std::io::{self, BufRead, Write};

use aes::Aes256;
use fpe::ff1::{FlexibleNumeralString, FF1};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let key = hex::decode(&args[1]).unwrap();
    let tweak = hex::decode(&args[2]).unwrap();
    let alphabet: Vec<char> = args[3].chars().collect();
    let cipher = FF1::<Aes256>::new(&key, alphabet.len() as u32).unwrap();
    let values: Vec<FlexibleNumeralString> = std::fs::read_to_string(&args[4])
        .unwrap()
        .split_whitespace()
        .map(|value| {
            let numerals: Vec<u16> = value
                .chars()
                .map(|symbol| alphabet.iter().position(|each| *each == symbol).unwrap() as u16)
                .collect();
            FlexibleNumeralString::from(numerals)
        })
        .collect();
    let mut tokens: Vec<FlexibleNumeralString> = Vec::new();
    for line in io::stdin().lock().lines() {
        if line.unwrap() == "run" {
            tokens = values.iter().map(|value| cipher.encrypt(&tweak, value).unwrap()).collect();
            println!("done");
        } else {
            let texts: Vec<String> = tokens
                .drain(..)
                .map(|token| Vec::<u16>::from(token).iter().map(|numeral| alphabet[*numeral as usize]).collect())
                .collect();
            println!("{}", texts.join(" "));
        }
        io::stdout().flush().unwrap();
    }
}
