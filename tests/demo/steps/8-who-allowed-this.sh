# shellcheck shell=bash disable=SC2016
step 8 "Who allowed this?" "Why a deployment runs, on today's facts; then every decision of this demo, from the operator's decision log."

if simulated; then
  shows paul 'kubectl modelport explain mpd/support-bot -n support'
  says "Allowed" "Llama 2" "cn-genai-filing" "Licensee/acme"
  says_not "0 nodes fit"
else
  shows paul 'kubectl modelport explain mpd/smollm2 -n video'
  says "Allowed" "Apache-2.0"
fi

shows "" 'kubectl logs -n modelport-system deployment/modelport --all-pods |
    kubectl modelport decisions -f -'
says "mia@acme.example" "Allowed" "Refused" "SeatExcluded" "FilingMissing" "PlaceExcluded" "UserThreshold"
