//! A rule that is read, asked of a value. Nothing where it cannot be asked: a field that is not there, another type.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Expr, Function, Order, Quantity};
use crate::manifest::schema::words::fits;

/// A name and what it stands for, and those around it.
#[derive(Clone, Copy)]
struct Scope<'a> {
    name: &'a str,
    value: &'a Value,
    outer: Option<&'a Self>,
}

impl<'a> Scope<'a> {
    fn find(&self, name: &str) -> Option<&'a Value> {
        if self.name == name { Some(self.value) } else { self.outer?.find(name) }
    }
}

/// Whether the rule holds of `self`.
pub(super) fn holds(rule: &Expr, value: &Value) -> bool {
    truth(rule, &Scope { name: "self", value, outer: None }) == Some(true)
}

fn truth(expr: &Expr, scope: &Scope<'_>) -> Option<bool> {
    value(expr, scope)?.as_bool()
}

fn value(expr: &Expr, scope: &Scope<'_>) -> Option<Value> {
    Some(match expr {
        Expr::Value(value) => value.clone(),
        Expr::Name(name) => scope.find(name)?.clone(),
        Expr::List(items) => Value::Array(items.iter().map(|item| value(item, scope)).collect::<Option<_>>()?),
        Expr::Field(of, name) => value(of, scope)?.get(name)?.clone(),
        // An empty value, where one may stand, is none that is there.
        Expr::Has(of, name) => {
            Value::from(value(of, scope)?.as_object()?.get(name).is_some_and(|value| !value.is_null()))
        }
        Expr::Not(of) => Value::from(!truth(of, scope)?),
        // One side that settles it hides that the other cannot be asked.
        Expr::Both(one, other) => Value::from(settled(truth(one, scope), || truth(other, scope), false)?),
        Expr::Either(one, other) => Value::from(settled(truth(one, scope), || truth(other, scope), true)?),
        Expr::If(when, then, other) => value(if truth(when, scope)? { then } else { other }, scope)?,
        Expr::Compare(order, one, other) => Value::from(compared(*order, &value(one, scope)?, &value(other, scope)?)?),
        Expr::In(one, of) => {
            let one = value(one, scope)?;
            Value::from(match value(of, scope)? {
                Value::Array(items) => items.contains(&one),
                Value::Object(fields) => fields.contains_key(one.as_str()?),
                _ => return None,
            })
        }
        Expr::Call(function, of, with) => {
            let with = with.as_ref().map(|with| value(with, scope));
            called(*function, &value(of, scope)?, &with.unwrap_or(Some(Value::Null))?)?
        }
        Expr::Each(quantity, of, name, expr) => {
            let entries = match value(of, scope)? {
                Value::Array(items) => items,
                Value::Object(fields) => fields.keys().map(|key| Value::from(key.as_str())).collect(),
                _ => return None,
            };
            let answers = entries.iter().map(|entry| truth(expr, &Scope { name, value: entry, outer: Some(scope) }));
            Value::from(counted(*quantity, &answers.collect::<Vec<_>>())?)
        }
    })
}

/// Two truths, of which one that is `settles` settles it.
fn settled(one: Option<bool>, other: impl FnOnce() -> Option<bool>, settles: bool) -> Option<bool> {
    if one == Some(settles) {
        return one;
    }
    match (one, other()) {
        (_, Some(other)) if other == settles => Some(settles),
        (Some(_), Some(_)) => Some(!settles),
        _ => None,
    }
}

fn counted(quantity: Quantity, answers: &[Option<bool>]) -> Option<bool> {
    let known = || answers.iter().copied().collect::<Option<Vec<bool>>>();
    match quantity {
        Quantity::All if answers.contains(&Some(false)) => Some(false),
        Quantity::All => known().map(|_| true),
        Quantity::Some if answers.contains(&Some(true)) => Some(true),
        Quantity::Some => known().map(|_| false),
        Quantity::One => Some(known()?.into_iter().filter(|holds| *holds).count() == 1),
    }
}

fn compared(order: Order, one: &Value, other: &Value) -> Option<bool> {
    if matches!(order, Order::Equal | Order::Unequal) {
        return Some((one == other) == (order == Order::Equal));
    }
    let found = match (one, other) {
        (Value::String(one), Value::String(other)) => one.cmp(other),
        _ => match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => one.as_f64()?.partial_cmp(&other.as_f64()?)?,
        },
    };
    Some(match order {
        Order::Less => found == Ordering::Less,
        Order::AtMost => found != Ordering::Greater,
        Order::More => found == Ordering::Greater,
        _ => found != Ordering::Less,
    })
}

fn called(function: Function, of: &Value, with: &Value) -> Option<Value> {
    if function == Function::Size {
        return Some(Value::from(match of {
            Value::String(text) => text.chars().count(),
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            _ => return None,
        }));
    }
    let text = of.as_str()?;
    if function == Function::Substring {
        let from = usize::try_from(with.as_i64()?).ok()?;
        return (from <= text.chars().count()).then(|| Value::from(text.chars().skip(from).collect::<String>()));
    }
    let with = with.as_str()?;
    Some(Value::from(match function {
        Function::Matches => fits(with, text),
        Function::StartsWith => text.starts_with(with),
        Function::EndsWith => text.ends_with(with),
        Function::Contains => text.contains(with),
        Function::Size | Function::Substring => return None,
    }))
}
