-- When CI of another App was last heard of in a repository: where none ever was, and no file tells of any, nothing is waited for.
ALTER TABLE "repositories" ADD COLUMN "ci_seen_at" TIMESTAMPTZ(3);
