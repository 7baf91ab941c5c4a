"""What ``moderation serve`` has Streamlit run."""

from moderation.dashboard import main

main()
