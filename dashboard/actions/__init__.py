"""What people and programs do, by noun: what they gave is checked, stored, noted and told to pages and monitor."""
