output "azure_subject" {
  description = "The subject of a federated credential by which an application of Entra ID trusts the functions."
  value       = google_service_account.runner.unique_id
}

output "environment" {
  description = "What a laptop exports to talk to this environment."
  value       = local.environment
}

output "event_grid_endpoint" {
  description = "Where Event Grid sends to, with ?key= and the value of glint-event-key; null if it may not."
  value       = var.event_grid ? google_cloud_run_v2_service.main["grid"].uri : null
}

output "repository" {
  description = "Where the image is pushed to."
  value       = "${google_artifact_registry_repository.main.location}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.main.repository_id}"
}

output "runner" {
  description = "The account that the functions run as: grant it what lies outside of this project."
  value       = google_service_account.runner.email
}
