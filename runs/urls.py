from django.urls import path

from runs import views

urlpatterns = [
    path("runs/", views.run_list, name="runs"),
    path("runs/<int:number>/", views.run_page, name="run"),
    path("runs/<int:number>/progress/", views.run_progress, name="run_progress"),
    path("runs/<int:number>/cancel/", views.run_cancel, name="run_cancel"),
    path("runs/<int:number>/retry/", views.run_retry, name="run_retry"),
]
