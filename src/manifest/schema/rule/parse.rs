//! A rule as text, read. Total: what is not of this part of CEL is nothing.

use serde_json::Value;

use super::{Expr, Function, Order, Quantity};

/// How deep brackets stand in each other at most.
const MAX_DEPTH: usize = 32;

/// Reads all of a rule.
pub(super) fn read(rule: &str) -> Option<Expr> {
    let mut parser = Parser { tokens: tokens(rule)?, at: 0, depth: 0 };
    let read = parser.whole()?;
    (parser.at == parser.tokens.len()).then_some(read)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(i64),
    Sign(&'static str),
}

/// The longer first.
const SIGNS: [&str; 19] =
    ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", "(", ")", "[", "]", ",", ".", "-", "+"];

fn tokens(rule: &str) -> Option<Vec<Token>> {
    let mut rest = rule.trim_start();
    let mut all = Vec::new();
    while let Some(first) = rest.chars().next() {
        let run = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let used = if first == '\'' || first == '"' {
            let inside = rest.get(1..)?;
            let end = inside.find(first)?;
            let text = inside.get(..end)?;
            // None of our rules needs an escape, and one that does is not read.
            if text.contains('\\') {
                return None;
            }
            all.push(Token::Text(text.to_owned()));
            end + 2
        } else if first.is_ascii_digit() {
            let end = run(|c| c.is_ascii_digit());
            all.push(Token::Number(rest.get(..end)?.parse().ok()?));
            end
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = run(|c| c.is_ascii_alphanumeric() || c == '_');
            all.push(Token::Word(rest.get(..end)?.to_owned()));
            end
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
            all.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest.get(used..)?.trim_start();
    }
    Some(all)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(one)) if *one == sign);
        self.at += usize::from(found);
        found
    }

    fn must(&mut self, sign: &str) -> Option<()> {
        self.sign(sign).then_some(())
    }

    fn word(&mut self) -> Option<String> {
        let Some(Token::Word(word)) = self.tokens.get(self.at).cloned() else { return None };
        self.at += 1;
        Some(word)
    }

    fn whole(&mut self) -> Option<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut read = self.either()?;
        if self.sign("?") {
            let then = self.whole()?;
            self.must(":")?;
            read = Expr::If(read.into(), then.into(), self.whole()?.into());
        }
        self.depth -= 1;
        Some(read)
    }

    fn either(&mut self) -> Option<Expr> {
        let mut read = self.both()?;
        while self.sign("||") {
            read = Expr::Either(read.into(), self.both()?.into());
        }
        Some(read)
    }

    fn both(&mut self) -> Option<Expr> {
        let mut read = self.compared()?;
        while self.sign("&&") {
            read = Expr::Both(read.into(), self.compared()?.into());
        }
        Some(read)
    }

    fn compared(&mut self) -> Option<Expr> {
        let read = self.single()?;
        let orders = [
            ("==", Order::Equal),
            ("!=", Order::Unequal),
            ("<=", Order::AtMost),
            (">=", Order::AtLeast),
            ("<", Order::Less),
            (">", Order::More),
        ];
        for (sign, order) in orders {
            if self.sign(sign) {
                return Some(Expr::Compare(order, read.into(), self.single()?.into()));
            }
        }
        if self.tokens.get(self.at) == Some(&Token::Word("in".into())) {
            self.at += 1;
            return Some(Expr::In(read.into(), self.single()?.into()));
        }
        Some(read)
    }

    fn single(&mut self) -> Option<Expr> {
        let mut nots = 0;
        while self.sign("!") {
            nots += 1;
        }
        let mut read = self.primary()?;
        while self.sign(".") {
            read = self.member(read)?;
        }
        Some((0..nots).fold(read, |read, _| Expr::Not(read.into())))
    }

    fn member(&mut self, of: Expr) -> Option<Expr> {
        let name = self.word()?;
        if !self.sign("(") {
            return Some(Expr::Field(of.into(), name));
        }
        let quantity = match name.as_str() {
            "all" => Some(Quantity::All),
            "exists" => Some(Quantity::Some),
            "exists_one" => Some(Quantity::One),
            _ => None,
        };
        let read = match quantity {
            Some(quantity) => {
                let each = self.word()?;
                self.must(",")?;
                Expr::Each(quantity, of.into(), each, self.whole()?.into())
            }
            None if name == "size" => Expr::Call(Function::Size, of.into(), None),
            None => {
                let function = match name.as_str() {
                    "matches" => Function::Matches,
                    "startsWith" => Function::StartsWith,
                    "endsWith" => Function::EndsWith,
                    "contains" => Function::Contains,
                    "substring" => Function::Substring,
                    _ => return None,
                };
                Expr::Call(function, of.into(), Some(self.whole()?.into()))
            }
        };
        self.must(")")?;
        Some(read)
    }

    fn primary(&mut self) -> Option<Expr> {
        if self.sign("(") {
            let read = self.whole()?;
            return self.must(")").map(|()| read);
        }
        if self.sign("[") {
            let mut items = Vec::new();
            while !self.sign("]") {
                items.push(self.whole()?);
                if !self.sign(",") {
                    self.must("]")?;
                    break;
                }
            }
            return Some(Expr::List(items));
        }
        let negative = self.sign("-");
        let token = self.tokens.get(self.at).cloned()?;
        self.at += 1;
        match token {
            Token::Number(number) => Some(Expr::Value(Value::from(if negative { -number } else { number }))),
            _ if negative => None,
            Token::Text(text) => Some(Expr::Value(Value::from(text))),
            Token::Word(word) if word == "true" || word == "false" => Some(Expr::Value(Value::from(word == "true"))),
            Token::Word(word) if self.sign("(") => {
                let inside = self.whole()?;
                self.must(")")?;
                match (word.as_str(), inside) {
                    ("has", Expr::Field(of, name)) => Some(Expr::Has(of, name)),
                    ("size", inside) => Some(Expr::Call(Function::Size, inside.into(), None)),
                    _ => None,
                }
            }
            Token::Word(word) => Some(Expr::Name(word)),
            Token::Sign(_) => None,
        }
    }
}
