"""The feature of features/triage.feature.ts, asked from Python: its rules, its schema and its record come along.

    echo 'features: ./examples/features' > inseam.yaml    # beside your key in the environment
    npm start
    ANTHROPIC_BASE_URL=http://127.0.0.1:4000 ANTHROPIC_API_KEY=none python examples/10_feature_as_model.py
"""

import json

import anthropic

client = anthropic.Anthropic()

response = client.messages.create(
    model="feature/triage-ticket",
    max_tokens=1024,
    messages=[{"role": "user", "content": "I was charged twice and want my money back."}],
)

ticket = json.loads(response.content[0].text)
print(ticket["category"], ticket["priority"])
