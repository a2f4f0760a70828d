-- Whether a person's twin may quote their resume to strangers. On for everybody who has published so far: it was so before the switch.
ALTER TABLE user_profiles ADD COLUMN twin_quotes_resume {bool} NOT NULL DEFAULT TRUE;
