-- The operator's brake: while its one row is there, nothing runs. People are answered all the same.
CREATE TABLE "service_hold" (
  "id" INTEGER NOT NULL DEFAULT 1 CHECK ("id" = 1),
  "interrupts" BOOLEAN NOT NULL,
  "why" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "service_hold_pkey" PRIMARY KEY ("id")
);
