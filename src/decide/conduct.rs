//! Conduct and technical states, as the manifest declares them: how it is offered, what is trained on its outputs, what
//! state it is kept in.

use crate::{
    catalog::{
        atom::{OfferTest, StateName, StateTest, TrainingTarget, TrainingTest},
        words::{OfferMode, YesNo as Said},
    },
    manifest::{
        usage::{Audience, TrainedKind, Usage},
        written::YesNo,
    },
};

use super::atom::{Missing, Outcome, Used, known, unknown};

/// How it is offered. Inside the organisation nothing is hosted for others unless said so.
pub(super) fn offer(usage: &Usage, test: &OfferTest) -> Outcome<'static> {
    let redistributes = usage.redistributes_weights;
    let outside = usage.audience.map(|audience| audience != Audience::Internal);
    let hosted = match (usage.hosted_for_third_parties, outside) {
        (Some(YesNo::Yes), _) => Some(true),
        (Some(YesNo::No), _) | (None, Some(false)) => Some(false),
        _ => None,
    };
    let holds = |mode: OfferMode| match mode {
        OfferMode::Internal => outside.map(|outside| !outside && hosted != Some(true)),
        OfferMode::EmbeddedProduct => match (outside, hosted) {
            (Some(false), _) | (_, Some(true)) => Some(false),
            (Some(true), Some(false)) => Some(true),
            _ => None,
        },
        OfferMode::HostedService | OfferMode::ModelAsAService | OfferMode::FineTuningService => hosted,
        OfferMode::WeightsRedistribution => Some(redistributes == Some(YesNo::Yes)),
    };
    let any = |wanted: Option<bool>| test.within.iter().any(|mode| holds(*mode) == wanted);
    let either_way = outside == Some(true)
        && test.within.contains(&OfferMode::EmbeddedProduct)
        && test.within.contains(&OfferMode::HostedService);
    if any(Some(true)) || either_way {
        let words = match test.within.iter().find(|mode| holds(**mode) == Some(true)) {
            Some(OfferMode::HostedService | OfferMode::ModelAsAService | OfferMode::FineTuningService) => {
                "usage.hostedForThirdParties says Yes"
            }
            Some(OfferMode::WeightsRedistribution) => "usage.redistributesWeights says Yes",
            Some(OfferMode::Internal) => "usage.audience says internal",
            Some(OfferMode::EmbeddedProduct) | None => "usage.audience says that people outside are served",
        };
        Outcome::Holds(vec![Used::Offer(words)])
    } else if any(None) {
        unknown(Missing::Declared(if outside.is_none() { "usage.audience" } else { "usage.hostedForThirdParties" }))
    } else {
        Outcome::Fails(vec![Used::Offer("it is offered in another way")])
    }
}

/// Training another model on its outputs. What is not said about that model is read as the strictest.
pub(super) fn trains(usage: &Usage, test: &TrainingTest) -> Outcome<'static> {
    match usage.trains_on_outputs {
        Some(YesNo::Yes) => {}
        Some(YesNo::No) => return Outcome::Fails(vec![Used::Trains(false)]),
        None => return Outcome::Fails(Vec::new()),
        Some(YesNo::Unreadable) => return unknown(Missing::Declared("usage.trainsOnOutputs")),
    }
    let trained = usage.trained_model.as_ref();
    let says = |answer: Option<YesNo>, wanted| answer == Some(wanted);
    let own = test.own_family_spared.is_yes() && trained.is_some_and(|model| says(model.same_family, YesNo::Yes));
    let kept = test.only_if_distributed.is_yes() && trained.is_some_and(|model| says(model.distributed, YesNo::No));
    let is = |kinds: &[TrainedKind]| trained.and_then(|model| model.kind).is_some_and(|kind| kinds.contains(&kind));
    let another = match test.target {
        TrainingTarget::AnyModel => false,
        TrainingTarget::LanguageModel => is(&[TrainedKind::ImageModel, TrainedKind::Other]),
        TrainingTarget::FoundationModel => {
            is(&[TrainedKind::LanguageModel, TrainedKind::ImageModel, TrainedKind::Other])
        }
        TrainingTarget::ImageModel => is(&[TrainedKind::LanguageModel, TrainedKind::Other]),
        TrainingTarget::CompetingModel => trained.is_some_and(|model| says(model.competes, YesNo::No)),
    };
    known(!(own || kept || another), Used::Trains(true))
}

/// A technical state or an act. A state that has to be there is asked for; an act that nobody declares is not done.
pub(super) fn state<'a>(usage: &'a Usage, test: &'a StateTest) -> Outcome<'a> {
    let listed = |list: &[String], word: &str| list.iter().any(|one| one == word);
    let none = |list: &[String]| listed(list, "none");
    let answer = match test.name {
        StateName::ContentFilter | StateName::OutputReview => {
            let word = word(test.name);
            match () {
                () if listed(&usage.assurances, word) => Some(true),
                () if none(&usage.assurances) => Some(false),
                () => None,
            }
        }
        StateName::KeepsProvenance => Some(!listed(&usage.acts, "removes-provenance")),
        StateName::Sublicenses | StateName::TransfersDerivativeToUnlicensedCommercialEntity => {
            Some(listed(&usage.acts, word(test.name)))
        }
        StateName::Framework => return framework(usage, test),
        StateName::EdgeDevices => return amount(usage.edge_devices, "usage.edgeDevices", test),
        StateName::OutputTokensPerMonth => {
            return amount(usage.output_tokens_per_month, "usage.outputTokensPerMonth", test);
        }
    };
    let (Some(asked), None, None) = (test.answer, test.is_not.as_ref(), test.above) else {
        return unknown(Missing::NotUnderstood);
    };
    match answer {
        Some(answer) => known(answer == (asked == Said::Yes), Used::State(test.name)),
        None => unknown(Missing::Declared("usage.assurances")),
    }
}

fn framework<'a>(usage: &'a Usage, test: &'a StateTest) -> Outcome<'a> {
    match (&usage.framework, test.is_not.as_ref(), test.answer, test.above) {
        (Some(framework), Some(only), None, None) => known(framework != only, Used::State(test.name)),
        (None, Some(_), None, None) => unknown(Missing::Declared("usage.framework")),
        _ => unknown(Missing::NotUnderstood),
    }
}

fn amount(written: Option<i64>, field: &'static str, test: &StateTest) -> Outcome<'static> {
    match (written.and_then(|n| u64::try_from(n).ok()), test.above, test.answer, test.is_not.as_ref()) {
        (Some(n), Some(limit), None, None) => known(n > limit, Used::State(test.name)),
        (None, Some(_), None, None) => unknown(Missing::Declared(field)),
        _ => unknown(Missing::NotUnderstood),
    }
}

/// Whether the manifest says anything of a state or an act.
pub(super) fn is_said(usage: &Usage, name: StateName) -> bool {
    match name {
        StateName::ContentFilter | StateName::OutputReview => !usage.assurances.is_empty(),
        StateName::KeepsProvenance => !usage.acts.is_empty() || usage.assurances.iter().any(|one| one == word(name)),
        StateName::Sublicenses | StateName::TransfersDerivativeToUnlicensedCommercialEntity => !usage.acts.is_empty(),
        StateName::Framework | StateName::EdgeDevices | StateName::OutputTokensPerMonth => true,
    }
}

/// How a state is written in `usage.assurances` or `usage.acts`.
pub(super) fn word(name: StateName) -> &'static str {
    match name {
        StateName::ContentFilter => "content-filter",
        StateName::OutputReview => "output-review",
        StateName::KeepsProvenance => "keeps-provenance",
        StateName::Framework => "framework",
        StateName::EdgeDevices => "edge-devices",
        StateName::OutputTokensPerMonth => "output-tokens-per-month",
        StateName::Sublicenses => "sublicenses",
        StateName::TransfersDerivativeToUnlicensedCommercialEntity => {
            "transfers-derivative-to-unlicensed-commercial-entity"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::usage::{ACTS, ASSURANCES};

    #[test]
    fn every_state_and_act_that_a_licence_asks_about_can_be_written() {
        for name in [StateName::ContentFilter, StateName::OutputReview, StateName::KeepsProvenance] {
            assert!(ASSURANCES.contains(&word(name)), "{name:?}");
        }
        for name in [StateName::Sublicenses, StateName::TransfersDerivativeToUnlicensedCommercialEntity] {
            assert!(ACTS.contains(&word(name)), "{name:?}");
        }
    }
}
