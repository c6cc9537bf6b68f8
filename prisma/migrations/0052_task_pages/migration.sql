-- The list of tasks of a repository, newest first, among very many of others.
CREATE INDEX "tasks_repository_id_id_idx" ON "tasks" ("repository_id", "id");
