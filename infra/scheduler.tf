# One job a scheduled workflow. The message says which schedule fired: the run's
# slot is the tick that is nearest before it was published.
resource "google_cloud_scheduler_job" "workflow" {
  for_each = local.schedules

  name      = "glint-${each.key}"
  region    = var.region
  schedule  = each.value.cron
  time_zone = each.value.timezone
  paused    = each.value.paused

  # No attempt_deadline: it has no meaning for a topic and would differ at every plan.
  pubsub_target {
    topic_name = local.topic_ids["glint-runs"]
    data       = base64encode(each.value.data)
    attributes = each.value.attributes
  }

  retry_config {
    retry_count          = 5 # of publishing, not of the run
    min_backoff_duration = "5s"
  }

  # A message must find its manifest, and somebody to hear it.
  depends_on = [google_pubsub_subscription.push, google_storage_bucket_object.root]
}

# The clock: revives what died, sweeps what was left, starts what events asked for.
resource "google_cloud_scheduler_job" "reconcile" {
  name             = "glint-reconcile"
  region           = var.region
  schedule         = "* * * * *"
  time_zone        = "UTC"
  attempt_deadline = "300s"

  http_target {
    http_method = "POST"
    uri         = google_cloud_run_v2_service.main["reconcile"].uri

    oidc_token {
      service_account_email = google_service_account.caller.email
      audience              = google_cloud_run_v2_service.main["reconcile"].uri
    }
  }

  retry_config {
    retry_count = 0 # the next tick does what this one did not
  }

  depends_on = [google_cloud_run_v2_service_iam_member.caller]
}
