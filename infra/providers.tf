terraform {
  # Bucket and prefix are given by scripts/deploy: one state for each environment.
  backend "gcs" {}
}

provider "google" {
  project = var.project
  region  = var.region

  default_labels = { app = "glint" }
}
