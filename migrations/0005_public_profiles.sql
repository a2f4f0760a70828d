-- The landing page shows a proof of a profile that was changed lately: found without reading all profiles.
CREATE INDEX user_profiles_public ON user_profiles (updated_at) WHERE is_public;
