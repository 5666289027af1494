//! The deny-root policy and the root alert, for AWS: as JSON, `CloudFormation` and Terraform.
//!
//! Rules of this file:
//! - the policy denies members everything that their root user does; it never binds the management account, whatever it says;
//! - sign-ins of root users are seen in us-east-1 only, whichever page they use: the alert belongs there;
//! - the three forms of one thing are made from one value, so that they cannot differ.

use super::Written;
use crate::ceremony::ports::Clock as _;
use crate::paper::faces::Faces;
use crate::paper::forms::Office;
use crate::paper::forms::runbooks::{self, Runbook};
use crate::paper::forms::wordings::Wordings;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::Place;
use crate::shell::commands::SystemClock;
use crate::vault::Vault;
use crate::vault::store::Store;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::fmt::Write as _;

const POLICY: &str = "deny-root";

/// The policy.
pub(super) fn scp() -> Result<Vec<Written>, Refusal> {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "DenyRoot",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": { "StringLike": { "aws:PrincipalArn": "arn:aws:iam::*:root" } },
        }],
    });
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Denies every action of the root users of member accounts. Never binds the management account.",
        "Parameters": {
            "Targets": {
                "Type": "List<String>",
                "Description": "Organisational units or accounts that it is attached to",
            },
        },
        "Resources": {
            "DenyRoot": {
                "Type": "AWS::Organizations::Policy",
                "Properties": {
                    "Name": POLICY,
                    "Description": "Root users of members do nothing. Runbook: lift-deny-root",
                    "Type": "SERVICE_CONTROL_POLICY",
                    "Content": policy,
                    "TargetIds": { "Ref": "Targets" },
                },
            },
        },
    });
    let terraform = format!(
        "variable \"targets\" {{\n  description = \"Organisational units or accounts that it is attached to\"\n  type        = set(string)\n}}\n\n\
         resource \"aws_organizations_policy\" \"deny_root\" {{\n  name        = \"{POLICY}\"\n  description = \"Root users of members do nothing. Runbook: lift-deny-root\"\n  \
         type        = \"SERVICE_CONTROL_POLICY\"\n  content     = jsonencode({})\n}}\n\n\
         resource \"aws_organizations_policy_attachment\" \"deny_root\" {{\n  for_each  = var.targets\n  policy_id = aws_organizations_policy.deny_root.id\n  target_id = each.value\n}}\n",
        hcl(&policy, 1)
    );
    Ok(vec![
        ("deny-root.json".to_string(), pretty(&policy)?),
        ("deny-root.cloudformation.json".to_string(), pretty(&template)?),
        ("deny-root.tf".to_string(), terraform.into_bytes()),
    ])
}

/// The alert, and the card of whoever it rings.
pub(super) fn alert(place: &Place) -> Result<Vec<Written>, Refusal> {
    let sign_in = json!({
        "detail-type": ["AWS Console Sign In via CloudTrail"],
        "detail": { "userIdentity": { "type": ["Root"] } },
    });
    let calls = json!({
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": { "userIdentity": { "type": ["Root"] } },
    });
    Ok(vec![
        ("root-sign-in.json".to_string(), pretty(&sign_in)?),
        ("root-calls.json".to_string(), pretty(&calls)?),
        (
            "root-alert.cloudformation.json".to_string(),
            pretty(&stack(&sign_in, &calls))?,
        ),
        ("root-alert.tf".to_string(), terraform(&sign_in, &calls).into_bytes()),
        ("escalation-card.pdf".to_string(), card(place)?),
    ])
}

fn stack(sign_in: &Value, calls: &Value) -> Value {
    let rule = |what: &str, pattern: &Value| {
        json!({
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Description": what,
                "EventPattern": pattern,
                "State": "ENABLED",
                "Targets": [{ "Id": "ring", "Arn": { "Ref": "Ring" } }],
            },
        })
    };
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Rings when a root user signs in or calls. Deploy it in us-east-1 of every account, or of the one that gathers their trails.",
        "Parameters": {
            "Address": { "Type": "String", "Description": "Where it rings: the address of whoever is on call" },
        },
        "Resources": {
            "Ring": {
                "Type": "AWS::SNS::Topic",
                "Properties": { "Subscription": [{ "Protocol": "email", "Endpoint": { "Ref": "Address" } }] },
            },
            "RingPolicy": {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {
                    "Topics": [{ "Ref": "Ring" }],
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{
                            "Effect": "Allow",
                            "Principal": { "Service": "events.amazonaws.com" },
                            "Action": "sns:Publish",
                            "Resource": { "Ref": "Ring" },
                        }],
                    },
                },
            },
            "RootSignIn": rule("A root user signed in, or tried to", sign_in),
            "RootCalls": rule("A root user called", calls),
        },
    })
}

fn terraform(sign_in: &Value, calls: &Value) -> String {
    let mut out = "# us-east-1: root users sign in there, whichever page they use.\n\n\
                   variable \"address\" {\n  description = \"Where it rings: the address of whoever is on call\"\n  type        = string\n}\n\n\
                   resource \"aws_sns_topic\" \"ring\" {\n  name = \"root-alert\"\n}\n\n\
                   resource \"aws_sns_topic_subscription\" \"ring\" {\n  topic_arn = aws_sns_topic.ring.arn\n  protocol  = \"email\"\n  endpoint  = var.address\n}\n\n\
                   data \"aws_iam_policy_document\" \"ring\" {\n  statement {\n    actions   = [\"sns:Publish\"]\n    resources = [aws_sns_topic.ring.arn]\n\n    principals {\n      type        = \"Service\"\n      identifiers = [\"events.amazonaws.com\"]\n    }\n  }\n}\n\n\
                   resource \"aws_sns_topic_policy\" \"ring\" {\n  arn    = aws_sns_topic.ring.arn\n  policy = data.aws_iam_policy_document.ring.json\n}\n"
        .to_string();
    for (name, what, pattern) in [
        ("root_sign_in", "A root user signed in, or tried to", sign_in),
        ("root_calls", "A root user called", calls),
    ] {
        let _ = write!(
            out,
            "\nresource \"aws_cloudwatch_event_rule\" \"{name}\" {{\n  name          = \"{}\"\n  description   = \"{what}\"\n  event_pattern = jsonencode({})\n}}\n\n\
             resource \"aws_cloudwatch_event_target\" \"{name}\" {{\n  rule = aws_cloudwatch_event_rule.{name}.name\n  arn  = aws_sns_topic.ring.arn\n}}\n",
            name.replace('_', "-"),
            hcl(pattern, 1)
        );
    }
    out
}

/// Who is rung, and what they do: the runbook for an alert.
fn card(place: &Place) -> Result<Vec<u8>, Refusal> {
    let store = Store::open(&place.vault)?;
    let vault = Vault::load(&store)?;
    let wordings = Wordings::own();
    let chain = vault.chains().first();
    let office = Office {
        vault: &vault,
        chain: chain.ok_or_else(|| Refusal::new(Rule::Internal, "a vault has a chain"))?,
        faces: Faces::read(vault.fonts()?)?,
        today: SystemClock.now().to_zoned(TimeZone::UTC).date(),
        wordings: &wordings,
    };
    let page = runbooks::runbook(&office, Runbook::find("alert-rang")?)?;
    Ok(page.expose(<[u8]>::to_vec))
}

fn pretty(value: &Value) -> Result<Vec<u8>, Refusal> {
    let text = serde_json::to_string_pretty(value);
    let text = text.map_err(|fault| Refusal::new(Rule::Internal, format!("it cannot be written as JSON: {fault}")))?;
    Ok(format!("{text}\n").into_bytes())
}

/// A value of ours as an expression of Terraform's language. `${` and `%{` would begin a template: no value of ours has them.
fn hcl(value: &Value, depth: usize) -> String {
    let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    match value {
        Value::Object(fields) => {
            let rows = fields.iter().map(|(key, value)| {
                let key = Value::String(key.clone());
                format!("{inner}{key} = {}\n", hcl(value, depth + 1))
            });
            format!("{{\n{}{outer}}}", rows.collect::<String>())
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| hcl(item, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}
