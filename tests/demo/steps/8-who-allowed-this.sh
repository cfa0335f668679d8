# shellcheck shell=bash disable=SC2016
step 8 "Who allowed this?" "Why support-bot runs, on today's facts; then every decision of this demo, from the operator's decision log."

if simulated; then
  shows paul 'kubectl modelport explain mpd/support-bot -n support'
  says "Allowed" "Llama 2" "cn-genai-filing" "Licensee/acme"
else
  shows paul 'kubectl modelport explain mpd/smollm2 -n demo'
  says "Allowed" "Apache-2.0"
fi

shows "" 'kubectl logs -n modelport-system deployment/modelport | grep "^{\"log\":\"decision\"" |
    jq -r "[.time[11:19], (.asked.user // \"(operator)\"), (.namespace + \"/\" + .name), .decision.verdict,
            ([.decision.findings[] | select(.effect != \"passes\") | .reason][0] // \"\")] | @tsv" |
    expand -t 10,29,50,59'
says "mia@acme.example" "Allowed" "Refused" "SeatExcluded" "FilingMissing" "PlaceExcluded" "UserThreshold"
