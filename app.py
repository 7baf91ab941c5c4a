"""What `streamlit run app.py` shows: the review dashboard."""

from moderation.dashboard import main

main()
