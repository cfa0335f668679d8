//! The data files with more than one file of a kind. A test holds these lists against the folder.

use super::load::File;

/// Licences, one file a publisher or kind.
pub(super) const LICENSES: [File; 25] = [
    ("licenses/alibaba.yaml", include_str!("data/licenses/alibaba.yaml")),
    ("licenses/ambiguous.yaml", include_str!("data/licenses/ambiguous.yaml")),
    ("licenses/apple.yaml", include_str!("data/licenses/apple.yaml")),
    ("licenses/black-forest-labs.yaml", include_str!("data/licenses/black-forest-labs.yaml")),
    ("licenses/china-others.yaml", include_str!("data/licenses/china-others.yaml")),
    ("licenses/composites.yaml", include_str!("data/licenses/composites.yaml")),
    ("licenses/creative-commons.yaml", include_str!("data/licenses/creative-commons.yaml")),
    ("licenses/databricks.yaml", include_str!("data/licenses/databricks.yaml")),
    ("licenses/deepseek.yaml", include_str!("data/licenses/deepseek.yaml")),
    ("licenses/google.yaml", include_str!("data/licenses/google.yaml")),
    ("licenses/lg-naver.yaml", include_str!("data/licenses/lg-naver.yaml")),
    ("licenses/lightricks.yaml", include_str!("data/licenses/lightricks.yaml")),
    ("licenses/meta.yaml", include_str!("data/licenses/meta.yaml")),
    ("licenses/minimax.yaml", include_str!("data/licenses/minimax.yaml")),
    ("licenses/mistral.yaml", include_str!("data/licenses/mistral.yaml")),
    ("licenses/moonshot.yaml", include_str!("data/licenses/moonshot.yaml")),
    ("licenses/nvidia.yaml", include_str!("data/licenses/nvidia.yaml")),
    ("licenses/open.yaml", include_str!("data/licenses/open.yaml")),
    ("licenses/others.yaml", include_str!("data/licenses/others.yaml")),
    ("licenses/rail.yaml", include_str!("data/licenses/rail.yaml")),
    ("licenses/stability.yaml", include_str!("data/licenses/stability.yaml")),
    ("licenses/tencent.yaml", include_str!("data/licenses/tencent.yaml")),
    ("licenses/tii.yaml", include_str!("data/licenses/tii.yaml")),
    ("licenses/xai.yaml", include_str!("data/licenses/xai.yaml")),
    ("licenses/zhipu.yaml", include_str!("data/licenses/zhipu.yaml")),
];

/// Model families, in the files of their licences.
pub(super) const FAMILIES: [File; 25] = [
    ("families/alibaba.yaml", include_str!("data/families/alibaba.yaml")),
    ("families/ambiguous.yaml", include_str!("data/families/ambiguous.yaml")),
    ("families/apple.yaml", include_str!("data/families/apple.yaml")),
    ("families/black-forest-labs.yaml", include_str!("data/families/black-forest-labs.yaml")),
    ("families/china-others.yaml", include_str!("data/families/china-others.yaml")),
    ("families/composites.yaml", include_str!("data/families/composites.yaml")),
    ("families/creative-commons.yaml", include_str!("data/families/creative-commons.yaml")),
    ("families/databricks.yaml", include_str!("data/families/databricks.yaml")),
    ("families/deepseek.yaml", include_str!("data/families/deepseek.yaml")),
    ("families/google.yaml", include_str!("data/families/google.yaml")),
    ("families/lg-naver.yaml", include_str!("data/families/lg-naver.yaml")),
    ("families/lightricks.yaml", include_str!("data/families/lightricks.yaml")),
    ("families/meta.yaml", include_str!("data/families/meta.yaml")),
    ("families/minimax.yaml", include_str!("data/families/minimax.yaml")),
    ("families/mistral.yaml", include_str!("data/families/mistral.yaml")),
    ("families/moonshot.yaml", include_str!("data/families/moonshot.yaml")),
    ("families/nvidia.yaml", include_str!("data/families/nvidia.yaml")),
    ("families/open.yaml", include_str!("data/families/open.yaml")),
    ("families/others.yaml", include_str!("data/families/others.yaml")),
    ("families/rail.yaml", include_str!("data/families/rail.yaml")),
    ("families/stability.yaml", include_str!("data/families/stability.yaml")),
    ("families/tencent.yaml", include_str!("data/families/tencent.yaml")),
    ("families/tii.yaml", include_str!("data/families/tii.yaml")),
    ("families/xai.yaml", include_str!("data/families/xai.yaml")),
    ("families/zhipu.yaml", include_str!("data/families/zhipu.yaml")),
];

/// Rules of places.
pub(super) const RULES: [File; 4] = [
    ("rules/china.yaml", include_str!("data/rules/china.yaml")),
    ("rules/europe.yaml", include_str!("data/rules/europe.yaml")),
    ("rules/others.yaml", include_str!("data/rules/others.yaml")),
    ("rules/united-states.yaml", include_str!("data/rules/united-states.yaml")),
];
