resource "google_artifact_registry_repository" "main" {
  repository_id = "glint"
  location      = var.region
  format        = "DOCKER"
  depends_on    = [google_project_service.main]

  docker_config {
    immutable_tags = true # a tag is a revision of the repository
  }

  # What is kept wins over what is deleted: the last ten are there to go back to.
  cleanup_policies {
    id     = "old"
    action = "DELETE"

    condition {
      older_than = "2592000s" # 30 days
    }
  }

  cleanup_policies {
    id     = "last"
    action = "KEEP"

    most_recent_versions {
      keep_count = 10
    }
  }
}
