-- What the settings files of owners said when they were last read: where one cannot be read any more, it still holds.
CREATE TABLE "organisation_files" (
    "owner" TEXT NOT NULL,
    "sha" TEXT NOT NULL,
    "text" TEXT,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisation_files_pkey" PRIMARY KEY ("owner")
);
