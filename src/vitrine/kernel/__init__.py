"""What every package stands on: money, errors, ids, paging, storage. No models."""
