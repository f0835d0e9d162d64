"""The training lab: a small network learns live, and shows what each of its neurons is doing."""
