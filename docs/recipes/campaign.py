"""Send an SMS to everybody in a CSV file who has not got it yet.

python campaign.py people.csv results.csv +15550100 "Your parcel is on its way."

The first file has a column "phone". What becomes of each message is noted in the second one, before
it is sent and after, so that whatever ends a run, the next one sends nothing twice. "begun" and
"unknown" may have been sent: look, and decide.
"""

import csv
import os
import sys

from PureCloudPlatformClientV2 import ApiClient, ApiException, ConversationsApi

if len(sys.argv) != 5:
    sys.exit(__doc__)
people, results, sender, text = sys.argv[1:]
with (
    open(people, newline="", encoding="utf-8-sig") as rows,
    open(results, "a+", newline="", encoding="utf-8") as file,
    ApiClient() as client,
):
    client.configuration.rate_limit = 300  # a minute, which the platform allows a client
    file.seek(0)
    known = file.read()
    # Line by line: a quotation mark that was cut off would take the lines after it along.
    lines = (one for line in known.split("\n") for one in csv.reader([line]))
    latest = {one[0]: one[1] for one in lines if len(one) > 1}
    file.write("" if known.endswith("\n") or not known else "\n")  # the last line was cut off

    def note(phone: str, status: str, more: object = "") -> None:
        latest[phone] = status
        csv.writer(file).writerow([phone, status, more])
        file.flush()
        os.fsync(file.fileno())

    for row in csv.DictReader(rows):
        phone = row["phone"].strip()
        if latest.get(phone, "not sent") != "not sent":
            continue
        note(phone, "begun")
        message = {"fromAddress": sender, "toAddress": phone, "toAddressMessengerType": "sms"}
        message["textBody"] = text
        try:
            sent = ConversationsApi(client).post_conversations_messages_agentless(message)
            note(phone, "accepted", sent.id)
        except ApiException as error:
            lost = error.outcome_unknown or error.status >= 500
            note(phone, "unknown" if lost else "not sent", error)
accepted = list(latest.values()).count("accepted")
print(f"{accepted} of {len(latest)} accepted; see {results}")
sys.exit(0 if accepted == len(latest) else 1)
